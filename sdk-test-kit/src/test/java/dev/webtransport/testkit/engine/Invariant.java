package dev.webtransport.testkit.engine;

import java.util.function.Supplier;

/** What holds in every walk, after every command and at the end. */
enum Invariant {
    /** What is read of a stream is a prefix of what was written, and all of it behind FIN. */
    BYTES,
    /** No end sends more than it may, no end grants less than it promised, nothing is unaccounted for. */
    CREDIT,
    /** Each half of a stream ends once, in the same way at both ends, with the code that was given. */
    STREAM_END,
    /** Sessions go through their states in order, and both ends agree how they ended. */
    SESSION_END,
    /** A datagram that is received was sent, in this session, and no more often than the network repeated it. */
    DATAGRAMS,
    /** On a network that works, with readers that read, everything comes to its end. */
    PROGRESS,
    /** When everything is over nothing is held, and no timer is armed. */
    NOTHING_HELD,
    /** Two honest ends never break a rule, and nothing throws. */
    PEACE;

    /** Breaks the walk off unless it holds. */
    void require(boolean holds, Supplier<String> what) {
        if (!holds) {
            throw broken(what.get());
        }
    }

    Broken broken(String what) {
        return new Broken(this, what, null);
    }

    /** One of them does not hold. */
    static final class Broken extends AssertionError {
        private static final long serialVersionUID = 1L;
        private final Invariant invariant;

        Broken(Invariant invariant, String what, Throwable cause) {
            super(invariant + ": " + what, cause);
            this.invariant = invariant;
        }

        Invariant invariant() {
            return invariant;
        }
    }
}
