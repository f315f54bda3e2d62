package dev.webtransport.samples.chat;

import static dev.webtransport.testkit.junit.WebTransportAssertions.assertLost;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertReceives;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.webtransport.error.SessionTimedOutException;
import dev.webtransport.testkit.junit.AsyncLoopback;
import dev.webtransport.testkit.junit.Loopback;
import dev.webtransport.value.Perspective;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
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

    @AfterEach
    void everybodyLeaves(AsyncLoopback loopback) throws Exception {
        loopback.await(loopback.client().close());
    }

    @Test
    void who_drops_his_connection_is_missed_like_one_who_leaves(AsyncLoopback loopback) throws Exception {
        loopback.await(bob.session().connection().close());
        assertReceives(ann.feed(), "bob has gone\n");
        assertEquals(1, chat.members("garden"));
    }

    @Test
    void members_who_die_without_a_word_are_in_the_room_until_the_server_gives_them_up(AsyncLoopback loopback) {
        loopback.network().kill(Perspective.CLIENT);
        loopback.time().runReady();
        assertEquals(2, chat.members("garden"));
        loopback.time().advance(Duration.ofMinutes(1));
        assertEquals(0, chat.members("garden"));
    }

    @Test
    void a_server_that_dies_is_noticed_by_who_reads(AsyncLoopback loopback) {
        CompletableFuture<Integer> reading = ann.feed().read(ByteBuffer.allocate(100));
        loopback.network().kill(Perspective.SERVER);
        assertThrows(SessionTimedOutException.class, () -> loopback.await(reading));
        assertInstanceOf(SessionTimedOutException.class, assertLost(bob.session()));
    }

    @Test
    void a_line_said_while_the_network_is_gone_for_a_moment_comes_later(AsyncLoopback loopback) throws Exception {
        loopback.network().cut();
        CompletableFuture<?> saying = ann.say("hello?");
        loopback.time().advance(Duration.ofSeconds(10));
        loopback.network().heal();
        loopback.await(saying);
        assertReceives(ann.feed(), "ann: hello?\n");
    }
}
