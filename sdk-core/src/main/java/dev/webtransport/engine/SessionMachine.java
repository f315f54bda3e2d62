package dev.webtransport.engine;

import static dev.webtransport.engine.SessionInput.ABORT;
import static dev.webtransport.engine.SessionInput.ACCEPT;
import static dev.webtransport.engine.SessionInput.ADMIT;
import static dev.webtransport.engine.SessionInput.ANSWER_ACCEPTED;
import static dev.webtransport.engine.SessionInput.ANSWER_REJECTED;
import static dev.webtransport.engine.SessionInput.CANCEL;
import static dev.webtransport.engine.SessionInput.CLOSE;
import static dev.webtransport.engine.SessionInput.CLOSE_CAPSULE;
import static dev.webtransport.engine.SessionInput.DATA;
import static dev.webtransport.engine.SessionInput.FIN;
import static dev.webtransport.engine.SessionInput.REJECT;
import static dev.webtransport.engine.SessionInput.RESET;
import static dev.webtransport.engine.SessionInput.STOP_SENDING;
import static dev.webtransport.engine.SessionInput.TIMEOUT;
import static dev.webtransport.engine.SessionState.ASKED;
import static dev.webtransport.engine.SessionState.CLOSED_BY_PEER;
import static dev.webtransport.engine.SessionState.CLOSING;
import static dev.webtransport.engine.SessionState.ENDED;
import static dev.webtransport.engine.SessionState.ESTABLISHED;
import static dev.webtransport.engine.SessionState.HELD;
import static dev.webtransport.engine.SessionState.REQUESTED;
import static dev.webtransport.engine.SessionState.STOPPED;

import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The life of one session as a table: which input leads where, which means nothing, and which is illegal
 * (draft-ietf-webtrans-http3-16, sections 3.2 and 6). It only keeps the state; what a step entails is for its user to
 * do.
 */
public final class SessionMachine {
    /** What an input means in a state. */
    public enum Verdict {
        /** The state changes. */
        MOVE,
        /** The input is taken, and the state stays. */
        STAY,
        /** The input comes too late to mean anything: races make it legal. */
        IGNORE,
        /** Illegal: the application must not do this here, or at all. */
        MISUSE,
        /** Illegal: the peer must not do this here. */
        VIOLATION,
        /** Impossible: this engine never does this here. */
        DEFECT
    }

    private static final Map<SessionState, Map<SessionInput, SessionState>> MOVES = new EnumMap<>(SessionState.class);
    private static final Map<SessionState, Set<SessionInput>> STAYS = new EnumMap<>(SessionState.class);
    private static final Map<SessionState, Set<SessionInput>> IGNORED = new EnumMap<>(SessionState.class);

    static {
        moves(HELD, REQUESTED, ADMIT);
        moves(HELD, ENDED, ABORT, TIMEOUT, FIN, RESET, STOP_SENDING);
        stays(HELD, DATA);

        moves(REQUESTED, ESTABLISHED, ACCEPT);
        moves(REQUESTED, ENDED, REJECT, ABORT, FIN, RESET, STOP_SENDING);
        stays(REQUESTED, DATA);

        moves(ASKED, ESTABLISHED, ANSWER_ACCEPTED);
        // STOP_SENDING can overtake the answer it belongs to: wait for that.
        moves(ASKED, ENDED, ANSWER_REJECTED, CANCEL, ABORT, FIN, RESET);
        stays(ASKED, STOP_SENDING);

        moves(ESTABLISHED, CLOSING, CLOSE);
        moves(ESTABLISHED, CLOSED_BY_PEER, CLOSE_CAPSULE);
        // STOP_SENDING can overtake the WT_CLOSE_SESSION it belongs to: wait for that, but not for long.
        moves(ESTABLISHED, STOPPED, STOP_SENDING);
        moves(ESTABLISHED, ENDED, ABORT, FIN, RESET);
        stays(ESTABLISHED, DATA);
        ignores(ESTABLISHED, CANCEL);

        moves(STOPPED, CLOSED_BY_PEER, CLOSE_CAPSULE);
        moves(STOPPED, ENDED, CLOSE, ABORT, TIMEOUT, FIN, RESET);
        stays(STOPPED, DATA);
        ignores(STOPPED, CANCEL, STOP_SENDING);

        // What the peer said before it saw our end is passed over.
        moves(CLOSING, ENDED, TIMEOUT, FIN, RESET);
        ignores(CLOSING, CANCEL, CLOSE, ABORT, DATA, CLOSE_CAPSULE, STOP_SENDING);

        // DATA and CLOSE_CAPSULE stay out of this line: nothing may follow WT_CLOSE_SESSION.
        moves(CLOSED_BY_PEER, ENDED, ABORT, TIMEOUT, FIN, RESET);
        ignores(CLOSED_BY_PEER, CANCEL, CLOSE, STOP_SENDING);

        ignores(ENDED, SessionInput.values());
    }

    private SessionState state;

    /**
     * A machine at the beginning of a session.
     *
     * @param initial HELD for a server, ASKED for a client
     */
    public SessionMachine(SessionState initial) {
        this.state = initial;
    }

    /**
     * Where the session stands.
     *
     * @return the state
     */
    public SessionState state() {
        return state;
    }

    /**
     * Takes an input: changes the state if that is what it means here.
     *
     * @param input what happened
     * @return what it means
     * @throws IllegalStateException if it is a misuse by the application
     */
    public Verdict handle(SessionInput input) {
        Verdict verdict = verdict(state, input);
        if (verdict == Verdict.MISUSE || verdict == Verdict.DEFECT) {
            throw new IllegalStateException(input + " is not possible for a session that is " + state);
        }
        state = next(state, input);
        return verdict;
    }

    /**
     * What an input means in a state.
     *
     * @param state the state
     * @param input the input
     * @return the meaning; every pair has one
     */
    public static Verdict verdict(SessionState state, SessionInput input) {
        if (MOVES.getOrDefault(state, Collections.emptyMap()).containsKey(input)) {
            return Verdict.MOVE;
        }
        if (STAYS.getOrDefault(state, Collections.emptySet()).contains(input)) {
            return Verdict.STAY;
        }
        if (IGNORED.getOrDefault(state, Collections.emptySet()).contains(input)) {
            return Verdict.IGNORE;
        }
        return switch (input.origin()) {
            case APPLICATION -> Verdict.MISUSE;
            case PEER -> Verdict.VIOLATION;
            case ENGINE -> Verdict.DEFECT;
        };
    }

    /**
     * Where an input leads.
     *
     * @param state the state
     * @param input the input
     * @return the next state; the same one unless the verdict is MOVE
     */
    public static SessionState next(SessionState state, SessionInput input) {
        return MOVES.getOrDefault(state, Collections.emptyMap()).getOrDefault(input, state);
    }

    private static void moves(SessionState from, SessionState to, SessionInput... inputs) {
        Map<SessionInput, SessionState> row = MOVES.computeIfAbsent(from, key -> new EnumMap<>(SessionInput.class));
        for (SessionInput input : inputs) {
            row.put(input, to);
        }
    }

    private static void stays(SessionState state, SessionInput... inputs) {
        Collections.addAll(STAYS.computeIfAbsent(state, key -> EnumSet.noneOf(SessionInput.class)), inputs);
    }

    private static void ignores(SessionState state, SessionInput... inputs) {
        Collections.addAll(IGNORED.computeIfAbsent(state, key -> EnumSet.noneOf(SessionInput.class)), inputs);
    }
}
