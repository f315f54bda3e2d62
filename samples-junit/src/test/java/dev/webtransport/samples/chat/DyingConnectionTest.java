package dev.webtransport.samples.chat;

import static dev.webtransport.testkit.junit.WebTransportAssertions.assertLost;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertReceives;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.webtransport.async.AsyncSession;
import dev.webtransport.error.ConnectionLostException;
import dev.webtransport.testkit.junit.AsyncLoopback;
import dev.webtransport.testkit.junit.Loopback;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A session may end without anybody having closed it. */
@Loopback
final class DyingConnectionTest {
    private final ChatServer chat = new ChatServer();
    private ChatClient ann;
    private ChatClient bob;

    @BeforeEach
    void enter(AsyncLoopback loopback) throws Exception {
        loopback.server().serve(chat::handle);
        ann = loopback.await(loopback.connect("/garden/ann").thenCompose(ChatClient::enter));
        bob = loopback.await(loopback.connect("/garden/bob").thenCompose(ChatClient::enter));
        assertReceives(ann.feed(), "ann is here\nbob is here\n");
    }

    @Test
    void who_drops_his_connection_is_missed_like_one_who_leaves(AsyncLoopback loopback) throws Exception {
        loopback.await(bob.session().connection().close());
        assertReceives(ann.feed(), "bob has gone\n");
        assertEquals(1, chat.members("garden"));
    }

    @Test
    void when_the_network_dies_reads_fail_and_the_room_is_empty(AsyncLoopback loopback) {
        CompletableFuture<Integer> reading = ann.feed().read(ByteBuffer.allocate(100));
        loopback.sever();
        assertThrows(ConnectionLostException.class, () -> loopback.await(reading));
        assertLost(bob.session());
        assertEquals(0, chat.members("garden"));
    }

    @Test
    void what_is_asked_of_a_lost_session_fails_in_the_same_way(AsyncLoopback loopback) {
        AsyncSession session = ann.session();
        loopback.sever();
        assertLost(session);
        assertThrows(ConnectionLostException.class, () -> loopback.await(ann.say("anybody?")));
        assertThrows(ConnectionLostException.class, ann::type);
    }
}
