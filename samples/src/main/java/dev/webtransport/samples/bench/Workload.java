package dev.webtransport.samples.bench;

/** What the two ends do while they are measured. */
public enum Workload {
    /** Bytes from client to server, counted and checksummed there. */
    W1("upload", Repetition.SEVERAL_TIMES),
    /** Bytes from server to client. */
    W2("download", Repetition.SEVERAL_TIMES),
    /** Small requests, each answered before the next. */
    W3("request and response", Repetition.SEVERAL_TIMES),
    /** Datagrams there and back, and as many as get through. */
    W4("datagrams", Repetition.SEVERAL_TIMES),
    /** Connect, be ready, close; many at once. */
    W5("connects", Repetition.SEVERAL_TIMES),
    /** Many streams at once. */
    W6("concurrent streams", Repetition.SEVERAL_TIMES),
    /** Sessions that do nothing, and their memory. */
    W7("idle sessions", Repetition.ONCE),
    /** Very many short streams on one session, and whether memory stays flat. */
    W8("short streams", Repetition.ONCE);

    /** How often a workload is run for one figure. */
    enum Repetition {
        /** As often as the user wants. */
        SEVERAL_TIMES,
        /** Once: it measures memory, which a second run would find already taken. */
        ONCE
    }

    private final String title;
    private final Repetition repetition;

    Workload(String title, Repetition repetition) {
        this.title = title;
        this.repetition = repetition;
    }

    /** What it is called. @return a few words */
    public String title() {
        return title;
    }

    Repetition repetition() {
        return repetition;
    }
}
