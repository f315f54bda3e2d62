package dev.webtransport.netty;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** A connection id as a key of a map; one that is read again and again for looking up, copies for keeping. */
final class ConnectionId {
    private final byte[] bytes;
    private int hash;

    ConnectionId(int length) {
        this(new byte[length]);
    }

    private ConnectionId(byte[] bytes) {
        this.bytes = bytes;
        this.hash = Arrays.hashCode(bytes);
    }

    /** Takes the id from a packet. Never on one that is a key. */
    void read(ByteBuf packet, int at) {
        packet.getBytes(at, bytes);
        hash = Arrays.hashCode(bytes);
    }

    /** Becomes another id of the same length. Never on one that is a key. */
    void copyFrom(ConnectionId other) {
        System.arraycopy(other.bytes, 0, bytes, 0, bytes.length);
        hash = other.hash;
    }

    ConnectionId copy() {
        return new ConnectionId(bytes.clone());
    }

    byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConnectionId && Arrays.equals(bytes, ((ConnectionId) other).bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
