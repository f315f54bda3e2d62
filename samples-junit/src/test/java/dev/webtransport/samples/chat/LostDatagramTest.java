package dev.webtransport.samples.chat;

import static dev.webtransport.testkit.junit.WebTransportAssertions.assertNoDatagram;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertReceives;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertReceivesDatagram;

import dev.webtransport.config.DatagramConfig;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.testkit.junit.AsyncLoopback;
import dev.webtransport.testkit.junit.Loopback;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Datagrams may be lost: nothing may depend on one. */
@Loopback
final class LostDatagramTest {
    /** Ends that keep one datagram, and drop it when the next one comes. */
    private static final QuicConfig FORGETFUL = QuicConfig.builder()
            .datagrams(DatagramConfig.builder().incomingQueueLength(1).build())
            .build();

    @Test
    void who_misses_that_somebody_types_gets_the_line_nevertheless(AsyncLoopback.Builder setup) throws Exception {
        AsyncLoopback loopback = setup.quic(FORGETFUL).open();
        loopback.server().serve(new ChatServer()::handle);
        ChatClient ann = loopback.await(loopback.connect("/garden/ann").thenCompose(ChatClient::enter));
        ChatClient bob = loopback.await(loopback.connect("/garden/bob").thenCompose(ChatClient::enter));
        ChatClient cid = loopback.await(loopback.connect("/garden/cid").thenCompose(ChatClient::enter));

        ann.type();
        loopback.time().runReady();
        bob.type();
        loopback.time().runReady();
        assertReceivesDatagram(cid.session(), "bob");
        assertNoDatagram(cid.session(), Duration.ofSeconds(1));

        loopback.await(ann.say("hello"));
        assertReceives(cid.feed(), "cid is here\nann: hello\n");
    }
}
