package dev.webtransport.samples.chat;

import static dev.webtransport.testkit.junit.WebTransportAssertions.assertReceives;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertStopped;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.webtransport.async.AsyncSendStream;
import dev.webtransport.async.AsyncSession;
import dev.webtransport.error.SessionRejectedException;
import dev.webtransport.testkit.junit.AsyncLoopback;
import dev.webtransport.testkit.junit.Loopback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said in a room is heard there, and nowhere else. */
@Loopback
final class ChatServerTest {
    private final ChatServer chat = new ChatServer();
    private AsyncLoopback loopback;

    @BeforeEach
    void serve(AsyncLoopback loopback) {
        this.loopback = loopback;
        loopback.server().serve(chat::handle);
    }

    private ChatClient enter(String path) throws Exception {
        AsyncSession session = loopback.await(loopback.connect(path));
        return loopback.await(ChatClient.enter(session));
    }

    @AfterEach
    void everybodyLeaves(AsyncLoopback loopback) throws Exception {
        loopback.await(loopback.client().close());
    }

    @Test
    void a_line_is_heard_by_everybody_in_the_room() throws Exception {
        ChatClient ann = enter("/garden/ann");
        ChatClient bob = enter("/garden/bob");
        loopback.await(ann.say("hello"));
        assertReceives(ann.feed(), "ann is here\nbob is here\nann: hello\n");
        assertReceives(bob.feed(), "bob is here\nann: hello\n");
    }

    @Test
    void a_line_is_not_heard_in_another_room() throws Exception {
        ChatClient ann = enter("/garden/ann");
        ChatClient bob = enter("/kitchen/bob");
        loopback.await(ann.say("hello"));
        loopback.await(bob.say("tea?"));
        assertReceives(bob.feed(), "bob is here\nbob: tea?\n");
    }

    @Test
    void who_leaves_is_missed() throws Exception {
        ChatClient ann = enter("/garden/ann");
        ChatClient bob = enter("/garden/bob");
        loopback.await(bob.session().close());
        assertReceives(ann.feed(), "ann is here\nbob is here\nbob has gone\n");
        assertEquals(1, chat.members("garden"));
    }

    @Test
    void a_line_without_an_end_is_stopped() throws Exception {
        ChatClient ann = enter("/garden/ann");
        AsyncSendStream line = loopback.await(ann.session().createUnidirectionalStream());
        loopback.await(line.write(new byte[5_000]));
        assertStopped(line, 0);
    }

    @Test
    void there_is_no_session_but_to_a_room() {
        SessionRejectedException rejected =
                assertThrows(SessionRejectedException.class, () -> loopback.await(loopback.connect("/")));
        assertEquals(404, rejected.status());
    }
}
