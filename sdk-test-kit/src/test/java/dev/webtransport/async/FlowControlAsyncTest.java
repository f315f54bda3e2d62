package dev.webtransport.async;

import static dev.webtransport.async.Outcome.failureOf;
import static dev.webtransport.async.Outcome.of;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Http3Config;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.config.SessionCreditPolicy;
import dev.webtransport.config.SessionFlowControlConfig;
import dev.webtransport.config.StreamOptions;
import dev.webtransport.error.SessionException;
import dev.webtransport.error.StreamLimitException;
import dev.webtransport.session.SessionLimits;
import dev.webtransport.value.StreamType;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("session flow control in the Java API")
final class FlowControlAsyncTest {
    private Peers peers;

    private Peers.Pair sessions(SessionFlowControlConfig flow) throws Exception {
        peers = new LoopbackAsyncTest()
                .peers(
                        QuicConfig.defaults(),
                        Http3Config.builder().flowControl(flow).build());
        return peers.sessions();
    }

    @AfterEach
    void closePeers() throws Exception {
        peers.close();
    }

    @Test
    void writes_and_streams_wait_for_grants() throws Exception {
        Peers.Pair pair = sessions(SessionFlowControlConfig.builder()
                .policy(SessionCreditPolicy.MANUAL)
                .initialMaxData(5)
                .initialMaxStreamsUnidirectional(1)
                .build());
        AsyncFlowControl granting = pair.server().flowControl();
        assertTrue(granting.isNegotiated());
        AsyncSendStream stream = of(pair.client().createUnidirectionalStream());
        failureOf(
                StreamLimitException.class,
                pair.client()
                        .createUnidirectionalStream(StreamOptions.defaults().withoutWaiting()));
        CompletableFuture<AsyncSendStream> second = pair.client().createUnidirectionalStream();
        CompletableFuture<?> writing = stream.write(new byte[8]);
        AsyncReceiveStream receiving =
                of(pair.server().acceptUnidirectionalStream()).orElseThrow();
        assertEquals(5, of(receiving.readExactly(5)).length);
        assertFalse(writing.isDone());
        assertFalse(second.isDone());

        assertFalse(granting.grantData(5));
        assertTrue(granting.grantData(8));
        assertTrue(granting.grantStreams(StreamType.UNIDIRECTIONAL, 2));
        of(writing);
        of(second).reset(0);
        assertEquals(3, of(receiving.readExactly(3)).length);
        SessionLimits given = granting.remote().orElseThrow();
        assertEquals(8, given.getMaxData());
        assertEquals(8, given.getUsedData());
        SessionLimits taken = pair.client().flowControl().local().orElseThrow();
        assertEquals(2, taken.maxStreams(StreamType.UNIDIRECTIONAL));
    }

    @Test
    void without_flow_control_there_is_nothing_to_tell_or_to_grant() throws Exception {
        AsyncFlowControl flow =
                sessions(SessionFlowControlConfig.off()).client().flowControl();
        assertFalse(flow.isNegotiated());
        assertEquals(Optional.empty(), flow.local());
        assertEquals(Optional.empty(), flow.remote());
        assertThrows(IllegalStateException.class, () -> flow.grantData(1));
    }

    @Test
    void after_the_end_a_grant_tells_how_the_session_ended() throws Exception {
        Peers.Pair pair = sessions(SessionFlowControlConfig.builder()
                .policy(SessionCreditPolicy.MANUAL)
                .build());
        of(pair.client().close());
        assertThrows(
                SessionException.class,
                () -> pair.client().flowControl().grantStreams(StreamType.BIDIRECTIONAL, 1_000));
    }
}
