package dev.webtransport.netty;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/**
 * The bare cipher of a packet's suite: both AEADs of QUIC XOR the payload with a stream that can be computed from any
 * position on, so the head of a frame can be read without deciphering what lies before or behind it.
 *
 * <p>What is read this way is not authenticated: nothing may be believed of it before {@link PacketKeys#open} has
 * agreed. Not safe for use by several threads.
 */
abstract class KeyStream {
    /** The stream is computed in runs of whole chunks: one block of ChaCha20, four of AES. */
    static final int CHUNK = 64;

    static final int NONCE_LENGTH = 12;
    static final int SAMPLE_LENGTH = 16;
    static final int MASK_LENGTH = 5;

    private KeyStream() {}

    static KeyStream of(PacketSuite suite, byte[] key) {
        return suite == PacketSuite.CHACHA20_POLY1305 ? new ChaCha20Stream(key) : new AesStream(key);
    }

    /**
     * Computes the part of the stream that covers some chunks of a payload.
     *
     * @param nonce of the packet, {@link #NONCE_LENGTH} bytes
     * @param firstChunk index of the first chunk of the payload
     * @param chunks how many
     * @param out takes them; at least {@code chunks * CHUNK} bytes
     */
    abstract void chunks(byte[] nonce, int firstChunk, int chunks, byte[] out);

    /**
     * The mask of header protection (RFC 9001 sections 5.4.3 and 5.4.4), for a stream made of the header key.
     *
     * @param sample {@link #SAMPLE_LENGTH} bytes of ciphertext
     * @param mask takes the result in its first {@link #MASK_LENGTH} bytes; at least {@link #CHUNK} bytes long
     */
    abstract void mask(byte[] sample, byte[] mask);

    /** AES in counter mode as GCM uses it: the block of counter 1 is for the tag, the payload starts at 2. */
    private static final class AesStream extends KeyStream {
        private static final int BLOCK = 16;
        private static final int BLOCKS_PER_CHUNK = CHUNK / BLOCK;

        private final Cipher cipher;
        private byte[] counters = new byte[CHUNK];

        AesStream(byte[] key) {
            try {
                cipher = Cipher.getInstance("AES/ECB/NoPadding");
                cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
            } catch (GeneralSecurityException e) {
                throw unusable(e);
            }
        }

        @Override
        void chunks(byte[] nonce, int firstChunk, int chunks, byte[] out) {
            int length = chunks * CHUNK;
            if (counters.length < length) {
                counters = new byte[length];
            }
            int counter = 2 + firstChunk * BLOCKS_PER_CHUNK;
            for (int at = 0; at < length; at += BLOCK, counter++) {
                System.arraycopy(nonce, 0, counters, at, NONCE_LENGTH);
                counters[at + 12] = (byte) (counter >>> 24);
                counters[at + 13] = (byte) (counter >>> 16);
                counters[at + 14] = (byte) (counter >>> 8);
                counters[at + 15] = (byte) counter;
            }
            encrypt(counters, length, out);
        }

        @Override
        void mask(byte[] sample, byte[] mask) {
            encrypt(sample, SAMPLE_LENGTH, mask);
        }

        private void encrypt(byte[] in, int length, byte[] out) {
            try {
                cipher.update(in, 0, length, out, 0);
            } catch (GeneralSecurityException e) {
                throw unusable(e);
            }
        }

        private static IllegalStateException unusable(GeneralSecurityException e) {
            return new IllegalStateException("this JDK cannot encrypt with AES, which every JDK must", e);
        }
    }

    /** ChaCha20 (RFC 8439 section 2.3); block 0 is for the tag, the payload starts at 1. */
    private static final class ChaCha20Stream extends KeyStream {
        private final int[] key = new int[8];
        private final int[] input = new int[16];
        private final int[] state = new int[16];
        private final byte[] sampleNonce = new byte[NONCE_LENGTH];

        ChaCha20Stream(byte[] key) {
            for (int i = 0; i < this.key.length; i++) {
                this.key[i] = littleEndian(key, 4 * i);
            }
        }

        @Override
        void chunks(byte[] nonce, int firstChunk, int chunks, byte[] out) {
            for (int i = 0; i < chunks; i++) {
                block(1 + firstChunk + i, nonce, out, i * CHUNK);
            }
        }

        @Override
        void mask(byte[] sample, byte[] mask) {
            System.arraycopy(sample, 4, sampleNonce, 0, NONCE_LENGTH);
            block(littleEndian(sample, 0), sampleNonce, mask, 0);
        }

        private void block(int counter, byte[] nonce, byte[] out, int at) {
            input[0] = 0x61707865;
            input[1] = 0x3320646e;
            input[2] = 0x79622d32;
            input[3] = 0x6b206574;
            System.arraycopy(key, 0, input, 4, key.length);
            input[12] = counter;
            for (int i = 0; i < 3; i++) {
                input[13 + i] = littleEndian(nonce, 4 * i);
            }
            System.arraycopy(input, 0, state, 0, state.length);
            for (int round = 0; round < 20; round += 2) {
                quarter(0, 4, 8, 12);
                quarter(1, 5, 9, 13);
                quarter(2, 6, 10, 14);
                quarter(3, 7, 11, 15);
                quarter(0, 5, 10, 15);
                quarter(1, 6, 11, 12);
                quarter(2, 7, 8, 13);
                quarter(3, 4, 9, 14);
            }
            for (int i = 0; i < state.length; i++) {
                int word = state[i] + input[i];
                out[at++] = (byte) word;
                out[at++] = (byte) (word >>> 8);
                out[at++] = (byte) (word >>> 16);
                out[at++] = (byte) (word >>> 24);
            }
        }

        private void quarter(int a, int b, int c, int d) {
            state[a] += state[b];
            state[d] = Integer.rotateLeft(state[d] ^ state[a], 16);
            state[c] += state[d];
            state[b] = Integer.rotateLeft(state[b] ^ state[c], 12);
            state[a] += state[b];
            state[d] = Integer.rotateLeft(state[d] ^ state[a], 8);
            state[c] += state[d];
            state[b] = Integer.rotateLeft(state[b] ^ state[c], 7);
        }

        private static int littleEndian(byte[] bytes, int at) {
            return (bytes[at] & 0xff)
                    | (bytes[at + 1] & 0xff) << 8
                    | (bytes[at + 2] & 0xff) << 16
                    | (bytes[at + 3] & 0xff) << 24;
        }
    }
}
