package dev.webtransport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A peer that seals 1-RTT packets as RFC 9001 says, written apart from the code that opens them. */
final class PacketSealer {
    final PacketSuite suite;
    private final byte[] headerKey;
    private byte[] secret;
    private boolean phase;

    PacketSealer(PacketSuite suite, byte[] secret) throws GeneralSecurityException {
        this.suite = suite;
        this.secret = secret.clone();
        this.headerKey = derive("quic hp", keyLength());
    }

    void updateKeys() throws GeneralSecurityException {
        secret = derive("quic ku", secret.length);
        phase = !phase;
    }

    ByteBuf seal(byte[] connectionId, long number, int numberLength, byte[] payload) throws GeneralSecurityException {
        byte[] header = new byte[1 + connectionId.length + numberLength];
        header[0] = (byte) (0x40 | (phase ? 0x04 : 0) | numberLength - 1);
        System.arraycopy(connectionId, 0, header, 1, connectionId.length);
        for (int i = 0; i < numberLength; i++) {
            header[header.length - 1 - i] = (byte) (number >>> 8 * i);
        }
        byte[] nonce = derive("quic iv", 12);
        for (int i = 0; i < 8; i++) {
            nonce[11 - i] ^= (byte) (number >>> 8 * i);
        }
        byte[] key = derive("quic key", keyLength());
        Cipher aead;
        if (suite == PacketSuite.CHACHA20_POLY1305) {
            aead = Cipher.getInstance("ChaCha20-Poly1305");
            aead.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(nonce));
        } else {
            aead = Cipher.getInstance("AES/GCM/NoPadding");
            aead.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        }
        aead.updateAAD(header);
        byte[] body = aead.doFinal(payload);
        int sampleAt = 4 - numberLength;
        byte[] mask = mask(Arrays.copyOfRange(body, sampleAt, sampleAt + 16));
        header[0] ^= (byte) (mask[0] & 0x1f);
        for (int i = 0; i < numberLength; i++) {
            header[1 + connectionId.length + i] ^= mask[1 + i];
        }
        return Unpooled.wrappedBuffer(header, body);
    }

    private byte[] mask(byte[] sample) throws GeneralSecurityException {
        if (suite == PacketSuite.CHACHA20_POLY1305) {
            int counter = Integer.reverseBytes(ByteBuffer.wrap(sample).getInt());
            Cipher chaCha = Cipher.getInstance("ChaCha20");
            chaCha.init(
                    Cipher.ENCRYPT_MODE,
                    new SecretKeySpec(headerKey, "ChaCha20"),
                    new ChaCha20ParameterSpec(Arrays.copyOfRange(sample, 4, 16), counter));
            return chaCha.doFinal(new byte[5]);
        }
        Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(headerKey, "AES"));
        return aes.doFinal(sample);
    }

    private int keyLength() {
        return suite == PacketSuite.AES_128_GCM ? 16 : 32;
    }

    private byte[] derive(String label, int length) throws GeneralSecurityException {
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        byte[] name = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        info.write(0);
        info.write(length);
        info.write(name.length);
        info.writeBytes(name);
        info.write(0);
        info.write(1);
        Mac mac = Mac.getInstance(suite == PacketSuite.AES_256_GCM ? "HmacSHA384" : "HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HKDF"));
        return Arrays.copyOf(mac.doFinal(info.toByteArray()), length);
    }
}
