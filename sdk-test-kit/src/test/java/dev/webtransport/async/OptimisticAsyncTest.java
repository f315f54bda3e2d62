package dev.webtransport.async;

import static dev.webtransport.async.Outcome.failureOf;
import static dev.webtransport.async.Outcome.of;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.webtransport.config.Http3Config;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.config.SessionOptions;
import dev.webtransport.config.SessionStart;
import dev.webtransport.error.SessionRejectedException;
import dev.webtransport.session.SessionState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("sessions that are used before their answer in the Java API")
final class OptimisticAsyncTest {
    private static final SessionOptions AT_ONCE =
            SessionOptions.builder().start(SessionStart.OPTIMISTIC).build();

    private Peers peers;

    @BeforeEach
    void openPeers() throws Exception {
        peers = new LoopbackAsyncTest().peers(QuicConfig.defaults(), Http3Config.defaults());
    }

    @AfterEach
    void closePeers() throws Exception {
        peers.close();
    }

    @Test
    void a_stream_begins_before_the_session_is_ready() throws Exception {
        AsyncSession session = of(peers.client.connect(peers.url("/"), AT_ONCE));
        assertEquals(SessionState.CONNECTING, session.state());
        CompletableFuture<?> ready = session.ready();
        AsyncSendStream stream = of(session.createUnidirectionalStream());
        of(stream.write(new byte[] {1}));
        of(stream.finish());
        AsyncSession accepted =
                of(of(peers.server.acceptRequest()).orElseThrow().accept());
        of(ready);
        assertEquals(SessionState.CONNECTED, session.state());
        AsyncReceiveStream received = of(accepted.acceptUnidirectionalStream()).orElseThrow();
        assertEquals(1, of(received.readAll(10)).length);
        of(session.ready());
    }

    @Test
    void a_rejection_fails_what_was_begun() throws Exception {
        AsyncSession session = of(peers.client.connect(peers.url("/"), AT_ONCE));
        CompletableFuture<Optional<AsyncReceiveStream>> accepting = session.acceptUnidirectionalStream();
        of(of(peers.server.acceptRequest()).orElseThrow().reject(403));
        assertEquals(
                403, failureOf(SessionRejectedException.class, session.ready()).status());
        failureOf(SessionRejectedException.class, accepting);
        failureOf(SessionRejectedException.class, session.closed());
        assertThrows(SessionRejectedException.class, () -> session.sendDatagram(new byte[] {1}));
        of(session.close());
    }
}
