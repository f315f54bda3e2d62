package dev.webtransport.netty;

import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.NoSuchPaddingException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one direction of a connection in one key phase (RFC 9001 section 5.1), for reading only.
 *
 * <p>Not safe for use by several threads.
 */
final class PacketKeys {
    static final int TAG_LENGTH = 16;

    private final PacketSuite suite;
    private final byte[] secret;
    private final byte[] key;
    private final byte[] iv;
    private final KeyStream stream;

    /**
     * Derives the keys.
     *
     * @param suite the suite that the handshake chose
     * @param secret the traffic secret of the key phase, {@code suite.secretLength()} bytes
     */
    PacketKeys(PacketSuite suite, byte[] secret) {
        this.suite = suite;
        this.secret = secret.clone();
        this.key = suite.expandLabel(secret, "quic key", suite.keyLength());
        this.iv = suite.expandLabel(secret, "quic iv", KeyStream.NONCE_LENGTH);
        this.stream = KeyStream.of(suite, key);
    }

    /** The keys of the next key phase (RFC 9001 section 6.1). Header protection stays as it is. */
    PacketKeys next() {
        return new PacketKeys(suite, suite.expandLabel(secret, "quic ku", suite.secretLength()));
    }

    /** What unmasks headers in all key phases; derived from the secret of the first one only. */
    static KeyStream headerProtection(PacketSuite suite, byte[] secret) {
        return KeyStream.of(suite, suite.expandLabel(secret, "quic hp", suite.keyLength()));
    }

    /** Writes the nonce of a packet: the IV combined with the packet number (RFC 9001 section 5.3). */
    void nonce(long packetNumber, byte[] nonce) {
        System.arraycopy(iv, 0, nonce, 0, iv.length);
        for (int i = 0; i < Long.BYTES; i++) {
            nonce[iv.length - 1 - i] ^= (byte) (packetNumber >>> (8 * i));
        }
    }

    /** The bare stream of these keys. */
    KeyStream stream() {
        return stream;
    }

    /**
     * Deciphers and authenticates a packet.
     *
     * @param packetNumber in full
     * @param header the packet's header, unmasked, up to and with the packet number
     * @param protectedPayload the payload with its tag
     * @return the payload, or null if the tag does not prove that the peer sent it with these keys and this number
     */
    byte @Nullable [] open(long packetNumber, byte[] header, byte[] protectedPayload) {
        byte[] nonce = new byte[KeyStream.NONCE_LENGTH];
        nonce(packetNumber, nonce);
        boolean aes = suite != PacketSuite.CHACHA20_POLY1305;
        AlgorithmParameterSpec parameters =
                aes ? new GCMParameterSpec(8 * TAG_LENGTH, nonce) : new IvParameterSpec(nonce);
        try {
            // A new one each time: the JDK's ChaCha20-Poly1305 refuses to open the same packet twice.
            Cipher cipher = Cipher.getInstance(aes ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, aes ? "AES" : "ChaCha20"), parameters);
            cipher.updateAAD(header);
            return cipher.doFinal(protectedPayload);
        } catch (AEADBadTagException e) {
            return null;
        } catch (NoSuchAlgorithmException | NoSuchPaddingException e) {
            // A JDK without ChaCha20-Poly1305 cannot prove anything: what the packet says stays unknown.
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot open packets of " + suite, e);
        }
    }
}
