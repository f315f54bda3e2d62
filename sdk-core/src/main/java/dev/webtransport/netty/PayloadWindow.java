package dev.webtransport.netty;

import org.jspecify.annotations.Nullable;

/**
 * A payload that is deciphered only where it is looked at, and not authenticated.
 *
 * <p>Most packets are one or a few frames whose bodies nobody needs to see: the first 64 bytes of an acknowledgement or
 * of 1,300 bytes of stream data tell all there is to know. A reader that goes straight on gets longer and longer runs,
 * so that a packet full of small frames costs little more than deciphering it at once.
 */
final class PayloadWindow implements FrameBytes {
    private static final int LONGEST_RUN = 8;

    private final byte[] nonce = new byte[KeyStream.NONCE_LENGTH];
    private final byte[] plain = new byte[LONGEST_RUN * KeyStream.CHUNK];
    private final byte[] stream = new byte[LONGEST_RUN * KeyStream.CHUNK];

    private @Nullable ProtectedPacket packet;
    private @Nullable KeyStream keyStream;
    private int length;
    private int from;
    private int to;
    private int run;

    /** Starts over with a packet that is being looked at, as it was unmasked last. */
    void lookAt(ProtectedPacket packet, PacketKeys keys, long number) {
        this.packet = packet;
        keyStream = keys.stream();
        keys.nonce(number, nonce);
        length = packet.payloadLength();
        from = 0;
        to = 0;
        run = 1;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public int at(int index) {
        if (index >= to || index < from) {
            decipher(index);
        }
        return plain[index - from] & 0xff;
    }

    private void decipher(int index) {
        ProtectedPacket packet = this.packet;
        KeyStream keyStream = this.keyStream;
        if (packet == null || keyStream == null) {
            throw new IllegalStateException("no packet is being looked at");
        }
        int chunk = index / KeyStream.CHUNK;
        run = index == to && to > 0 ? Math.min(2 * run, LONGEST_RUN) : 1;
        from = chunk * KeyStream.CHUNK;
        to = Math.min(from + run * KeyStream.CHUNK, length);
        int chunks = (to - from + KeyStream.CHUNK - 1) / KeyStream.CHUNK;
        packet.copyPayload(from, to - from, plain);
        keyStream.chunks(nonce, chunk, chunks, stream);
        for (int i = 0; i < to - from; i++) {
            plain[i] ^= stream[i];
        }
    }
}
