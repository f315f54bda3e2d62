package dev.webtransport.netty;

import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.SslSessionTicketKey;
import java.security.SecureRandom;

/**
 * Lets a server resume nothing. Netty has no switch for that; but a ticket whose key is gone is as good as none, so the key
 * changes before each connection.
 */
final class TicketRefusal {
    private final SecureRandom random = new SecureRandom();
    private final QuicSslContext context;

    TicketRefusal(QuicSslContext context) {
        this.context = context;
    }

    /** To be called for each connection before it is begun. */
    void forgetTickets() {
        context.sessionContext()
                .setTicketKeys(new SslSessionTicketKey(
                        bytes(SslSessionTicketKey.NAME_SIZE),
                        bytes(SslSessionTicketKey.HMAC_KEY_SIZE),
                        bytes(SslSessionTicketKey.AES_KEY_SIZE)));
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
