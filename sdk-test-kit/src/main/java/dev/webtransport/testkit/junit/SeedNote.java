package dev.webtransport.testkit.junit;

/** Says in the trace of a failed test, as suppressed, how to run it again with the same chances. */
final class SeedNote extends Exception {
    private static final long serialVersionUID = 1;

    SeedNote(long seed) {
        super("this ran with seed " + seed + "; @Loopback(seed = " + seed + ") runs it again", null, false, false);
    }
}
