package dev.webtransport.testkit.engine;

import dev.webtransport.error.ApplicationErrorCode;
import dev.webtransport.error.Http3ErrorCode;
import java.util.OptionalLong;

/** How one half of a session's stream ended, as one end has it. */
public final class StreamEnd {
    /** What ended it. */
    public enum Kind {
        /** Everything was sent, and FIN has left; or everything was read. */
        FIN,
        /** The sender abandoned it, with the code. */
        RESET,
        /** The receiver wanted no more, with the code. */
        STOPPED,
        /** The end of the session or of the connection cut it off. */
        CUT,
        /** The peer has no session for it, or no room until there is one; or nothing ever came that tells what it is. */
        REFUSED
    }

    static final StreamEnd FIN = new StreamEnd(Kind.FIN, OptionalLong.empty());
    static final StreamEnd CUT = new StreamEnd(Kind.CUT, OptionalLong.empty());
    static final StreamEnd REFUSED = new StreamEnd(Kind.REFUSED, OptionalLong.empty());

    private final Kind kind;
    private final OptionalLong code;

    private StreamEnd(Kind kind, OptionalLong code) {
        this.kind = kind;
        this.code = code;
    }

    static StreamEnd reset(long code) {
        return new StreamEnd(Kind.RESET, OptionalLong.of(code));
    }

    static StreamEnd stopped(long code) {
        return new StreamEnd(Kind.STOPPED, OptionalLong.of(code));
    }

    /** What the peer meant by the code of its RESET_STREAM or STOP_SENDING. */
    static StreamEnd byPeer(Kind kind, long wireCode) {
        OptionalLong code = ApplicationErrorCode.fromHttp3(wireCode);
        if (code.isPresent()) {
            return new StreamEnd(kind, code);
        }
        return wireCode == Http3ErrorCode.WT_SESSION_GONE ? CUT : REFUSED;
    }

    /**
     * What ended it.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * The application's code of RESET and STOPPED.
     *
     * @return the code as the application gave it, before its mapping into HTTP/3; empty for other kinds
     */
    public OptionalLong code() {
        return code;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StreamEnd that && kind == that.kind && code.equals(that.code);
    }

    @Override
    public int hashCode() {
        return 31 * kind.hashCode() + code.hashCode();
    }

    @Override
    public String toString() {
        return code.isPresent() ? kind + "(" + code.getAsLong() + ")" : kind.toString();
    }
}
