package dev.webtransport.testkit

/** What must be over when a test ends. */
public enum class LeakCheck {
    /**
     * Every stream of a session that still stands was accepted, finished or reset, and read to its end or stopped, at both ends;
     * every datagram was taken; and what [COROUTINES] says.
     *
     * A short stream that was accepted, and of which nobody reads what came along with its first bytes, is not noticed.
     */
    STREAMS,

    /** After client and server were closed, nothing of them runs on and no connection stands. */
    COROUTINES,

    /** Nothing is checked. */
    NOTHING,
}
