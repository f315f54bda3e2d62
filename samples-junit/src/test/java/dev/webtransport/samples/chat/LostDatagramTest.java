package dev.webtransport.samples.chat;

import static dev.webtransport.testkit.junit.WebTransportAssertions.assertNoDatagram;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertReceives;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertReceivesDatagram;

import dev.webtransport.testkit.fault.Fault;
import dev.webtransport.testkit.junit.AsyncLoopback;
import dev.webtransport.testkit.junit.Loopback;
import dev.webtransport.testkit.quic.Direction;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Datagrams may be lost: nothing may depend on one. */
@Loopback
final class LostDatagramTest {
    @AfterEach
    void everybodyLeaves(AsyncLoopback loopback) throws Exception {
        loopback.await(loopback.client().close());
    }

    @Test
    void who_misses_that_somebody_types_gets_the_line_nevertheless(AsyncLoopback loopback) throws Exception {
        loopback.server().serve(new ChatServer()::handle);
        ChatClient ann = loopback.await(loopback.connect("/garden/ann").thenCompose(ChatClient::enter));
        ChatClient bob = loopback.await(loopback.connect("/garden/bob").thenCompose(ChatClient::enter));

        loopback.network().inject(Fault.dropDatagram(Direction.SERVER_TO_CLIENT, 1));
        ann.type();
        assertNoDatagram(bob.session(), Duration.ofSeconds(1));
        ann.type();
        assertReceivesDatagram(bob.session(), "ann");

        loopback.await(ann.say("hello"));
        assertReceives(bob.feed(), "bob is here\nann: hello\n");
    }
}
