package dev.webtransport.kwik;

import java.net.DatagramPacket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tech.kwik.core.generic.InvalidIntegerEncodingException;
import tech.kwik.core.generic.VariableLengthInteger;
import tech.kwik.core.impl.Version;
import tech.kwik.core.packet.HandshakePacket;

/**
 * Takes UDP payloads apart behind a Handshake packet, so that Kwik reads what comes after it.
 *
 * <p>Kwik throws a packet away for which it has no keys any more, and with it all that is behind it in the same UDP payload
 * (PacketParser.parseAndProcessPackets: no keys are found before the end of the packet is), although RFC 9000, section 12.2, has the
 * rest processed. A client acknowledges the last Handshake packet together with its first data, and the server that has got its
 * Finished already loses them: streams repeat what they had there, datagrams do not.
 *
 * <p>An Initial packet stays with what is behind it, because a server looks at the size of the whole (section 14.1). No payload
 * becomes more than two, so that nobody fills Kwik's queues with one. Not for several threads at once.
 */
final class CoalescedPackets {
    /** RFC 9000, section 17.2: the form of a long header, and the bit that is always set. */
    private static final int LONG_HEADER = 0xc0;

    private static final int TYPE = 0x30;
    private static final int TYPE_SHIFT = 4;
    private static final int VERSION_AT = 1;

    /** Where the length of the destination connection id is. */
    private static final int IDS_AT = 5;

    /** The form, the version and the lengths of two connection ids. */
    private static final int LEAST = 7;

    private byte @Nullable [] rest;
    private @Nullable SocketAddress peer;

    /**
     * Cuts a payload behind the Handshake packet that it begins with, if it does; what is cut off is kept for {@link #poll}.
     *
     * @param packet what the socket received
     */
    void cut(DatagramPacket packet) {
        int offset = packet.getOffset();
        int length = packet.getLength();
        int end = endOfHandshake(packet.getData(), offset, length);
        if (end < length) {
            rest = Arrays.copyOfRange(packet.getData(), offset + end, offset + length);
            peer = packet.getSocketAddress();
            packet.setLength(end);
        }
    }

    /**
     * Takes what was cut off.
     *
     * @param packet receives it, as from the socket; has room for what was received before
     * @return whether there is something
     */
    boolean poll(DatagramPacket packet) {
        byte[] next = rest;
        if (next == null) {
            return false;
        }
        rest = null;
        System.arraycopy(next, 0, packet.getData(), packet.getOffset(), next.length);
        packet.setLength(next.length);
        packet.setSocketAddress(peer);
        return true;
    }

    /** How long the Handshake packet is that the payload begins with; the length of the payload if there is none, or nothing behind it. */
    private static int endOfHandshake(byte[] data, int offset, int length) {
        if (length < LEAST || (data[offset] & LONG_HEADER) != LONG_HEADER) {
            return length;
        }
        Version version = new Version(ByteBuffer.wrap(data, offset, length).getInt(offset + VERSION_AT));
        if (!HandshakePacket.isHandshake((data[offset] & TYPE) >> TYPE_SHIFT, version)) {
            return length;
        }
        int source = IDS_AT + 1 + (data[offset + IDS_AT] & 0xff);
        if (source >= length) {
            return length;
        }
        int lengthAt = source + 1 + (data[offset + source] & 0xff);
        if (lengthAt >= length) {
            return length;
        }
        ByteBuffer field = ByteBuffer.wrap(data, offset + lengthAt, length - lengthAt);
        try {
            long payload = VariableLengthInteger.parseLong(field);
            return (int) Math.min(length, field.position() - offset + payload);
        } catch (InvalidIntegerEncodingException malformed) {
            // Kwik drops it.
            return length;
        }
    }
}
