package dev.webtransport.engine.http3;

/** Whose bytes an incoming stream, or the incoming half of a request stream, carries. */
public enum StreamRole {
    /** The first bytes do not tell yet: read on and feed them. */
    UNDECIDED,
    /** Control, QPACK and CONNECT streams, and what is skipped: read on and feed everything. */
    ENGINE,
    /** It belongs to a session; what follows is the application's, and the engine wants no more of it. */
    SESSION,
    /** Its session is not there yet: do not read on until IncomingStream names it, or it is refused. */
    WAITING,
    /** It was refused, or is not known (any more): outputs that end it were queued; forget it. */
    REFUSED
}
