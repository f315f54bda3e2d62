package dev.webtransport.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.engine.SessionInput.Origin;
import dev.webtransport.engine.SessionMachine.Verdict;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionMachineTest {
    @Test
    void every_pair_of_state_and_input_means_what_its_origin_allows() {
        for (SessionState state : SessionState.values()) {
            for (SessionInput input : SessionInput.values()) {
                Verdict verdict = SessionMachine.verdict(state, input);
                String pair = state + " " + input;
                assertEquals(verdict == Verdict.MOVE, SessionMachine.next(state, input) != state, pair);
                if (verdict == Verdict.MISUSE) {
                    assertEquals(Origin.APPLICATION, input.origin(), pair);
                }
                if (verdict == Verdict.VIOLATION) {
                    assertEquals(Origin.PEER, input.origin(), pair);
                }
                if (verdict == Verdict.DEFECT) {
                    assertEquals(Origin.ENGINE, input.origin(), pair);
                }
            }
        }
    }

    @Test
    void the_illegal_pairs_are_these() {
        StringBuilder table = new StringBuilder();
        for (SessionState state : SessionState.values()) {
            for (SessionInput input : SessionInput.values()) {
                Verdict verdict = SessionMachine.verdict(state, input);
                if (verdict == Verdict.MISUSE || verdict == Verdict.VIOLATION) {
                    table.append(state).append(' ').append(input).append('\n');
                }
            }
        }
        assertEquals("""
                HELD ACCEPT
                HELD REJECT
                HELD CANCEL
                HELD CLOSE
                HELD ANSWER_ACCEPTED
                HELD ANSWER_REJECTED
                HELD CLOSE_CAPSULE
                REQUESTED CANCEL
                REQUESTED CLOSE
                REQUESTED ANSWER_ACCEPTED
                REQUESTED ANSWER_REJECTED
                REQUESTED CLOSE_CAPSULE
                ASKED ACCEPT
                ASKED REJECT
                ASKED CLOSE
                ASKED DATA
                ASKED CLOSE_CAPSULE
                ESTABLISHED ACCEPT
                ESTABLISHED REJECT
                ESTABLISHED ANSWER_ACCEPTED
                ESTABLISHED ANSWER_REJECTED
                STOPPED ACCEPT
                STOPPED REJECT
                STOPPED ANSWER_ACCEPTED
                STOPPED ANSWER_REJECTED
                CLOSING ACCEPT
                CLOSING REJECT
                CLOSING ANSWER_ACCEPTED
                CLOSING ANSWER_REJECTED
                CLOSED_BY_PEER ACCEPT
                CLOSED_BY_PEER REJECT
                CLOSED_BY_PEER ANSWER_ACCEPTED
                CLOSED_BY_PEER ANSWER_REJECTED
                CLOSED_BY_PEER DATA
                CLOSED_BY_PEER CLOSE_CAPSULE
                """, table.toString());
    }

    @Test
    void the_end_is_the_end() {
        for (SessionInput input : SessionInput.values()) {
            assertEquals(Verdict.IGNORE, SessionMachine.verdict(SessionState.ENDED, input));
        }
    }

    @Test
    void from_every_state_the_end_of_the_connect_stream_ends_the_session() {
        for (SessionState state : EnumSet.complementOf(EnumSet.of(SessionState.ENDED))) {
            assertEquals(SessionState.ENDED, SessionMachine.next(state, SessionInput.FIN), state.toString());
            assertEquals(SessionState.ENDED, SessionMachine.next(state, SessionInput.RESET), state.toString());
        }
    }

    @Test
    void no_walk_leads_back_to_a_state_that_was_left() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        SessionInput[] inputs = SessionInput.values();
        for (int walk = 0; walk < 10_000; walk++) {
            SessionMachine machine = new SessionMachine(random.nextBoolean() ? SessionState.HELD : SessionState.ASKED);
            Set<SessionState> left = EnumSet.noneOf(SessionState.class);
            for (int step = 0; step < 30; step++) {
                SessionState before = machine.state();
                SessionInput input = inputs[random.nextInt(inputs.length)];
                Verdict verdict = SessionMachine.verdict(before, input);
                if (verdict == Verdict.MISUSE || verdict == Verdict.DEFECT) {
                    assertThrows(IllegalStateException.class, () -> machine.handle(input), () -> "seed " + seed);
                    assertEquals(before, machine.state());
                    continue;
                }
                assertEquals(verdict, machine.handle(input));
                if (verdict == Verdict.MOVE) {
                    left.add(before);
                    assertNotEquals(before, machine.state(), () -> "seed " + seed);
                    assertFalse(left.contains(machine.state()), () -> "seed " + seed);
                } else {
                    assertEquals(before, machine.state(), () -> "seed " + seed);
                }
            }
        }
    }

    @Test
    void each_state_is_pending_open_or_on_its_way_out() {
        assertTrue(SessionState.STOPPED.isOpen());
        for (SessionState state : SessionState.values()) {
            assertFalse(state.isOpen() && state.isPending(), state.toString());
            assertEquals(state.isOpen() || state.isPending(), state.isLive(), state.toString());
        }
        assertFalse(SessionState.CLOSING.isLive());
        assertFalse(SessionState.CLOSED_BY_PEER.isLive());
    }
}
