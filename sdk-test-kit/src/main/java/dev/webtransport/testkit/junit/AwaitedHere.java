package dev.webtransport.testkit.junit;

/** Shows in the trace of an asynchronous failure, as suppressed, which line of the test was waiting. */
final class AwaitedHere extends Exception {
    private static final long serialVersionUID = 1;

    AwaitedHere() {
        super("awaited here");
    }
}
