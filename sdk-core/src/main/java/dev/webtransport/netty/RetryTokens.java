package dev.webtransport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The tokens of Retry packets (RFC 9000, section 8.1.2): a client's address, the time and the original connection id,
 * under HMAC-SHA-256 with a key that lives as long as the listener.
 *
 * <p>Layout: 32 bytes of HMAC, 8 bytes of time in milliseconds, then the original destination connection id. The address
 * is under the HMAC, but not in the token. A token is good for {@value #LIFETIME_MILLIS} ms and from the address and port
 * it was made for. For one event loop only.
 */
final class RetryTokens implements QuicTokenHandler {
    /** Long enough for a client on a slow path to repeat a lost packet a few times. */
    static final long LIFETIME_MILLIS = 15_000;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_LENGTH = 32;
    private static final int HEADER_LENGTH = MAC_LENGTH + Long.BYTES;

    private final Mac mac;
    private final LongSupplier clock;

    /**
     * Tokens under a new key.
     *
     * @param clock milliseconds, for the age of tokens
     */
    RetryTokens(LongSupplier clock) {
        this.clock = clock;
        byte[] key = new byte[MAC_LENGTH];
        new SecureRandom().nextBytes(key);
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, impossible);
        }
    }

    @Override
    public boolean writeToken(ByteBuf out, ByteBuf dcid, InetSocketAddress address) {
        long now = clock.getAsLong();
        byte[] id = ByteBufUtil.getBytes(dcid);
        out.writeBytes(sign(now, id, address)).writeLong(now).writeBytes(id);
        return true;
    }

    //= rfc9000#8.1.2
    //# a token that does not prove the address is not taken for one that does
    @Override
    public int validateToken(ByteBuf token, InetSocketAddress address) {
        if (token.readableBytes() < HEADER_LENGTH || token.readableBytes() > maxTokenLength()) {
            return -1;
        }
        int start = token.readerIndex();
        byte[] signature = ByteBufUtil.getBytes(token, start, MAC_LENGTH);
        long made = token.getLong(start + MAC_LENGTH);
        byte[] id = ByteBufUtil.getBytes(token, start + HEADER_LENGTH, token.readableBytes() - HEADER_LENGTH);
        if (!MessageDigest.isEqual(signature, sign(made, id, address))) {
            return -1;
        }
        long age = clock.getAsLong() - made;
        //= rfc9000#8.1.3
        //# tokens expire
        return age < 0 || age > LIFETIME_MILLIS ? -1 : HEADER_LENGTH;
    }

    @Override
    public int maxTokenLength() {
        return HEADER_LENGTH + Quic.MAX_CONN_ID_LEN;
    }

    private byte[] sign(long time, byte[] connectionId, InetSocketAddress address) {
        byte[] ip = address.getAddress().getAddress();
        mac.update((byte) ip.length);
        mac.update(ip);
        mac.update((byte) (address.getPort() >> 8));
        mac.update((byte) address.getPort());
        for (int shift = 56; shift >= 0; shift -= 8) {
            mac.update((byte) (time >> shift));
        }
        return mac.doFinal(connectionId);
    }
}
