package dev.webtransport.netty;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A packet with a short header (RFC 9000 section 17.3.1) inside a received datagram, looked at without changing it.
 *
 * <p>One instance is used again for every packet. It holds no reference to a datagram beyond {@link #release}.
 */
final class ProtectedPacket {
    private static final int RESERVED_BITS = 0x18;
    private static final int KEY_PHASE_BIT = 0x04;
    private static final int NUMBER_LENGTH_BITS = 0x03;
    private static final int MASKED_BITS = 0x1f;
    private static final int LONGEST_NUMBER = 4;

    private @Nullable ByteBuf datagram;
    private int start;
    private int end;
    private int numberAt;

    private final byte[] sample = new byte[KeyStream.SAMPLE_LENGTH];
    private final byte[] mask = new byte[KeyStream.CHUNK];
    private final PayloadWindow window = new PayloadWindow();
    private int firstByte;
    private int numberLength;
    private long truncatedNumber;

    /**
     * Looks at another packet.
     *
     * @param datagram what was received
     * @param start where the packet begins; it goes to the end of what is readable
     * @param idLength length of the destination connection id
     * @return false if there is no room for a packet that could be opened
     */
    boolean lookAt(ByteBuf datagram, int start, int idLength) {
        this.start = start;
        this.end = datagram.writerIndex();
        this.numberAt = start + 1 + idLength;
        if (end - numberAt < LONGEST_NUMBER + KeyStream.SAMPLE_LENGTH) {
            return false;
        }
        this.datagram = datagram;
        return true;
    }

    void release() {
        datagram = null;
    }

    /** Unmasks first byte and packet number (RFC 9001 section 5.4.1); the datagram stays as it was. */
    void unmask(KeyStream headerProtection) {
        ByteBuf bytes = bytes();
        bytes.getBytes(numberAt + LONGEST_NUMBER, sample);
        headerProtection.mask(sample, mask);
        firstByte = bytes.getByte(start) ^ mask[0] & MASKED_BITS;
        numberLength = (firstByte & NUMBER_LENGTH_BITS) + 1;
        truncatedNumber = 0;
        for (int i = 0; i < numberLength; i++) {
            truncatedNumber = truncatedNumber << 8 | (bytes.getByte(numberAt + i) ^ mask[1 + i]) & 0xff;
        }
    }

    boolean keyPhase() {
        return (firstByte & KEY_PHASE_BIT) != 0;
    }

    boolean hasReservedBits() {
        return (firstByte & RESERVED_BITS) != 0;
    }

    /** How many packet numbers look the same in this packet's header. */
    long numberWindow() {
        return 1L << (8 * numberLength);
    }

    /**
     * The full packet number that is nearest to the one expected next (RFC 9000 appendix A.3).
     *
     * @param largest the largest number seen before, -1 for none
     */
    long number(long largest) {
        long expected = largest + 1;
        long window = numberWindow();
        long candidate = expected & -window | truncatedNumber;
        if (candidate <= expected - window / 2 && candidate < (1L << 62) - window) {
            return candidate + window;
        }
        if (candidate > expected + window / 2 && candidate >= window) {
            return candidate - window;
        }
        return candidate;
    }

    /** Length of the payload without its tag. */
    int payloadLength() {
        return end - payloadAt() - PacketKeys.TAG_LENGTH;
    }

    /** Copies protected bytes of the payload. */
    void copyPayload(int from, int length, byte[] out) {
        bytes().getBytes(payloadAt() + from, out, 0, length);
    }

    /** Walks the frames of the packet, as it was unmasked last, without authenticating it. */
    FrameScanner.Outcome scan(PacketKeys keys, long number) {
        window.lookAt(this, keys, number);
        return FrameScanner.scan(window, null);
    }

    /** Deciphers and authenticates the packet, as it was unmasked last; null if the tag does not fit. */
    byte @Nullable [] open(PacketKeys keys, long number) {
        ByteBuf bytes = bytes();
        byte[] header = new byte[payloadAt() - start];
        bytes.getBytes(start, header);
        header[0] = (byte) firstByte;
        for (int i = 0; i < numberLength; i++) {
            header[header.length - 1 - i] = (byte) (truncatedNumber >>> (8 * i));
        }
        byte[] payload = new byte[end - payloadAt()];
        bytes.getBytes(payloadAt(), payload);
        return keys.open(number, header, payload);
    }

    private int payloadAt() {
        return numberAt + numberLength;
    }

    private ByteBuf bytes() {
        ByteBuf bytes = datagram;
        if (bytes == null) {
            throw new IllegalStateException("no packet is being looked at");
        }
        return bytes;
    }
}
