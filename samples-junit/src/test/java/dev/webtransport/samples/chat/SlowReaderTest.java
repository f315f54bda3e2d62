package dev.webtransport.samples.chat;

import static dev.webtransport.testkit.junit.WebTransportAssertions.assertClosedWith;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertReceives;

import dev.webtransport.config.QuicConfig;
import dev.webtransport.testkit.junit.AsyncLoopback;
import dev.webtransport.testkit.junit.Loopback;
import org.junit.jupiter.api.Test;

/** Who does not read must not make the others wait, nor the server remember everything. */
@Loopback
final class SlowReaderTest {
    /** So little room between the two ends that a few lines fill it. */
    private static final QuicConfig NARROW =
            QuicConfig.builder().maxStreamData(1_024).sendBufferSize(1_024).build();

    @Test
    void a_member_who_never_reads_is_sent_away_and_the_others_miss_nothing(AsyncLoopback.Builder setup)
            throws Exception {
        AsyncLoopback loopback = setup.quic(NARROW).open();
        ChatServer chat = new ChatServer();
        loopback.server().serve(chat::handle);
        ChatClient ann = loopback.await(loopback.connect("/garden/ann").thenCompose(ChatClient::enter));
        ChatClient bob = loopback.await(loopback.connect("/garden/bob").thenCompose(ChatClient::enter));
        assertReceives(ann.feed(), "ann is here\nbob is here\n");

        while (chat.members("garden") == 2) {
            loopback.await(ann.say("Are you there, Bob?"));
            assertReceives(ann.feed(), "ann: Are you there, Bob?\n");
            loopback.time().runReady();
        }

        assertClosedWith(bob.session(), ChatServer.TOO_SLOW, "you read too slowly");
        assertReceives(ann.feed(), "bob has gone\n");
        loopback.await(loopback.client().close());
    }
}
