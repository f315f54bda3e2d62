package dev.webtransport.netty;

import io.netty.handler.codec.quic.QuicChannel;

/**
 * Counts the packets with which a client's handshake was completed, to tell them from what the server sends afterwards: that
 * confirms it (RFC 9001, section 4.1.2).
 *
 * <p>Netty tells of a complete handshake late, with the first datagram that comes after it. On the event loop only.
 */
final class HandshakePackets {
    private final QuicheAccess access;
    private final QuicChannel channel;
    private long count;
    private boolean isComplete;

    HandshakePackets(QuicheAccess access, QuicChannel channel) {
        this.access = access;
        this.channel = channel;
    }

    /** To be called before the codec gets a datagram; false when there is nothing left to count. */
    boolean count() {
        if (!isComplete) {
            count = access.packetsReceived(channel);
            isComplete = access.isEstablished(channel);
        }
        return !isComplete;
    }

    /** Whether the server has said something since the handshake was complete at this end. */
    boolean isOver() {
        count();
        return access.packetsReceived(channel) != count;
    }
}
