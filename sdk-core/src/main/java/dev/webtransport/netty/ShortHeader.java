package dev.webtransport.netty;

import io.netty.buffer.ByteBuf;

/** Finds the packet with a short header in a datagram, behind the packets with long headers if there are any. */
final class ShortHeader {
    private static final int LONG_HEADER_BIT = 0x80;
    private static final long VERSION_1 = 0x00000001L;
    private static final int TYPE_INITIAL = 0;
    private static final int TYPE_RETRY = 3;

    private ShortHeader() {}

    /**
     * Where the packet with a short header begins; it is always the last of its datagram (RFC 9000 section 12.2).
     *
     * @return the index in the datagram, or -1 if there is none, or none that can be found
     */
    static int find(ByteBuf datagram) {
        int at = datagram.readerIndex();
        int end = datagram.writerIndex();
        while (at < end && (datagram.getByte(at) & LONG_HEADER_BIT) != 0) {
            at = behindLongHeaderPacket(datagram, at, end);
            if (at < 0) {
                return -1;
            }
        }
        return at < end ? at : -1;
    }

    private static int behindLongHeaderPacket(ByteBuf datagram, int start, int end) {
        if (end - start < 7 || datagram.getUnsignedInt(start + 1) != VERSION_1) {
            return -1;
        }
        int type = datagram.getByte(start) >>> 4 & 0x03;
        if (type == TYPE_RETRY) {
            return -1;
        }
        long at = start + 5L;
        at += 1 + datagram.getUnsignedByte((int) at); // Destination Connection ID
        if (at >= end) {
            return -1;
        }
        at += 1 + datagram.getUnsignedByte((int) at); // Source Connection ID
        if (type == TYPE_INITIAL) {
            at = behindLengthAndBody(datagram, at, end); // Token
        }
        return (int) behindLengthAndBody(datagram, at, end);
    }

    private static long behindLengthAndBody(ByteBuf datagram, long at, int end) {
        if (at < 0 || at >= end) {
            return -1;
        }
        int first = datagram.getUnsignedByte((int) at);
        int bytes = 1 << (first >>> 6);
        if (bytes > end - at) {
            return -1;
        }
        long length = first & 0x3f;
        for (int i = 1; i < bytes; i++) {
            length = length << 8 | datagram.getUnsignedByte((int) at + i);
        }
        return length <= end - at - bytes ? at + bytes + length : -1;
    }
}
