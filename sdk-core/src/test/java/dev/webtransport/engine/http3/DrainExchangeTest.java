package dev.webtransport.engine.http3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.webtransport.value.StreamType;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hints to drain, and the answers that say that nothing is under way (section 4.7). */
class DrainExchangeTest {
    private static final String HINT = "00 05 800078ae00";
    private static final String SENT = "send 0 0005800078ae00";
    private static final Duration QUIET = Duration.ofNanos(DrainExchange.QUIET_NANOS);

    private static void beQuiet(EngineProbe probe) {
        probe.pass(Duration.ofMillis(1));
        probe.pass(QUIET);
    }

    private static List<String> hints(int count) {
        return Collections.nCopies(count, SENT);
    }

    @Test
    void a_hint_is_answered_once_nothing_was_under_way_for_a_while() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, HINT);
        probe.pass(Duration.ofMillis(1));
        probe.pass(QUIET.minusNanos(1));
        assertEquals(List.of(), probe.outputs());
        probe.pass(Duration.ofNanos(1));
        assertEquals(hints(1), probe.outputs());
        beQuiet(probe);
        assertEquals(List.of(), probe.outputs());
    }

    @Test
    void a_stream_that_is_under_way_delays_the_answer_to_its_end() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(6, "405400");
        probe.data(0, HINT);
        beQuiet(probe);
        probe.pass(Duration.ofMinutes(1));
        assertEquals(List.of(), probe.outputs());
        probe.engine.receiveEnded(6);
        probe.pass(Duration.ofMillis(1));
        assertEquals(List.of(), probe.outputs());
        // One that begins meanwhile delays it again.
        probe.pass(QUIET.minusMillis(1));
        probe.data(10, "405400");
        beQuiet(probe);
        assertEquals(List.of(), probe.outputs());
        probe.engine.receiveEnded(10);
        beQuiet(probe);
        assertEquals(hints(1), probe.outputs());
    }

    @Test
    void a_stream_of_this_end_delays_the_answer_too() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.engine.openStream(0, 7, StreamType.UNIDIRECTIONAL);
        probe.data(0, HINT);
        beQuiet(probe);
        assertEquals(List.of(), probe.outputs());
        probe.engine.sendEnded(7);
        beQuiet(probe);
        assertEquals(hints(1), probe.outputs());
    }

    @Test
    void a_stream_that_has_not_said_yet_what_it_is_delays_the_answer() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(6, "40");
        probe.data(0, HINT);
        for (int i = 0; i < 10; i++) {
            beQuiet(probe);
        }
        assertEquals(List.of(), probe.outputs());
        probe.data(6, "5400");
        probe.engine.receiveEnded(6);
        beQuiet(probe);
        assertEquals(hints(1), probe.outputs());
    }

    @Test
    void an_answer_is_not_answered() {
        EngineProbe probe = EngineProbe.clientWithSession();
        probe.engine.drain(0);
        probe.engine.drain(0);
        assertEquals(hints(1), probe.outputs());
        probe.data(0, HINT);
        beQuiet(probe);
        assertEquals(List.of(), probe.outputs());
        assertEquals(List.of("SessionDraining 0"), probe.events());
        // The next one is no answer any more.
        probe.data(0, HINT);
        beQuiet(probe);
        assertEquals(hints(1), probe.outputs());
    }

    @Test
    void who_asks_for_quiet_waits_for_an_answer_that_no_earlier_hint_can_be() {
        EngineProbe probe = EngineProbe.clientWithSession();
        probe.engine.askForQuiet(0);
        probe.engine.askForQuiet(0);
        assertEquals(hints(2), probe.outputs());
        // This may be one that the application of the peer sent by itself.
        probe.data(0, HINT);
        assertEquals(List.of("SessionDraining 0"), probe.events());
        probe.data(0, HINT);
        assertEquals(List.of("PeerQuiet 0"), probe.events());
    }

    @Test
    void hints_that_were_sent_before_have_answers_of_their_own() {
        EngineProbe drained = EngineProbe.clientWithSession();
        drained.engine.drain(0);
        drained.data(0, HINT);
        drained.drain();
        drained.engine.askForQuiet(0);
        assertEquals(hints(1), drained.outputs());
        drained.data(0, HINT);
        assertEquals(List.of("PeerQuiet 0"), drained.events());

        EngineProbe unanswered = EngineProbe.clientWithSession();
        unanswered.engine.drain(0);
        unanswered.drain();
        unanswered.engine.askForQuiet(0);
        assertEquals(hints(2), unanswered.outputs());
        unanswered.data(0, HINT + HINT);
        assertEquals(List.of("SessionDraining 0"), unanswered.events());
        unanswered.data(0, HINT);
        assertEquals(List.of("PeerQuiet 0"), unanswered.events());
    }

    @Test
    void many_hints_have_few_answers() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, HINT.repeat(1000));
        beQuiet(probe);
        assertEquals(hints(3), probe.outputs());
        assertEquals(List.of("SessionDraining 0"), probe.events());
    }

    @Test
    void goaway_is_no_answer_and_needs_none() {
        EngineProbe probe = EngineProbe.clientWithSession();
        probe.data(3, "07 01 04");
        assertEquals(List.of("GoAwayReceived", "SessionDraining 0"), probe.events());
        probe.engine.askForQuiet(0);
        assertEquals(hints(2), probe.outputs());
        probe.data(0, HINT);
        assertEquals(List.of(), probe.events());
        probe.data(0, HINT);
        assertEquals(List.of("PeerQuiet 0"), probe.events());
    }

    @Test
    void a_session_that_has_ended_answers_nothing() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, HINT);
        probe.fin(0, "");
        probe.drain();
        beQuiet(probe);
        assertEquals(List.of(), probe.outputs());
        assertEquals(Long.MAX_VALUE, probe.engine.pollTimeoutNanos());
    }
}
