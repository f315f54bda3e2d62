package dev.webtransport.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RetryTokensTest {
    private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 4433);

    private final AtomicLong now = new AtomicLong(1_000_000);
    private final RetryTokens tokens = new RetryTokens(now::get);
    private final ByteBuf connectionId = Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});

    private ByteBuf token() {
        ByteBuf out = Unpooled.buffer();
        assertTrue(tokens.writeToken(out, connectionId, CLIENT));
        assertTrue(out.readableBytes() <= tokens.maxTokenLength());
        return out;
    }

    @Test
    void a_token_is_good_for_the_address_it_was_made_for_and_ends_with_the_original_connection_id() {
        ByteBuf token = token();
        int offset = tokens.validateToken(token, CLIENT);
        assertEquals(connectionId, token.slice(offset, token.readableBytes() - offset));
    }

    @Test
    void another_address_or_port_makes_it_worthless() {
        assertEquals(-1, tokens.validateToken(token(), new InetSocketAddress("192.0.2.2", 4433)));
        assertEquals(-1, tokens.validateToken(token(), new InetSocketAddress("192.0.2.1", 4434)));
        assertEquals(-1, tokens.validateToken(token(), new InetSocketAddress("::1", 4433)));
    }

    @Test
    void it_expires_and_is_not_from_the_future() {
        ByteBuf token = token();
        now.addAndGet(RetryTokens.LIFETIME_MILLIS);
        assertTrue(tokens.validateToken(token, CLIENT) > 0);
        now.addAndGet(1);
        assertEquals(-1, tokens.validateToken(token, CLIENT));
        now.addAndGet(-2 * RetryTokens.LIFETIME_MILLIS);
        assertEquals(-1, tokens.validateToken(token, CLIENT));
    }

    @Test
    void one_changed_bit_anywhere_makes_it_worthless() {
        ByteBuf token = token();
        for (int bit = 0; bit < token.readableBytes() * 8; bit++) {
            ByteBuf changed = token.copy();
            changed.setByte(bit / 8, changed.getByte(bit / 8) ^ 1 << bit % 8);
            assertEquals(-1, tokens.validateToken(changed, CLIENT));
        }
    }

    @Test
    void a_token_that_is_cut_off_or_too_long_or_of_another_key_is_worthless() {
        ByteBuf token = token();
        for (int length = 0; length < token.readableBytes(); length++) {
            assertEquals(-1, tokens.validateToken(token.slice(0, length), CLIENT));
        }
        assertEquals(-1, tokens.validateToken(Unpooled.buffer().writeZero(1200), CLIENT));
        assertEquals(-1, new RetryTokens(now::get).validateToken(token, CLIENT));
    }
}
