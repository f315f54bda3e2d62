package dev.webtransport.testkit.trace;

import dev.webtransport.testkit.quic.Direction;
import java.util.OptionalLong;

/** One line of a trace: what was said, by whom, when, and on which stream of which session. Immutable. */
public final class TraceLine {
    private static final int NANOS_PER_MICRO = 1_000;
    private static final int MICROS_PER_MILLI = 1_000;

    private final Direction direction;
    private final LineKind kind;
    private final OptionalLong streamId;
    private final OptionalLong sessionId;
    private final long timeNanos;
    private final String text;

    TraceLine(LinePlace place, LineKind kind, String what, long timeNanos) {
        this.direction = place.direction();
        this.kind = kind;
        this.streamId = place.streamId();
        this.sessionId = place.sessionId();
        this.timeNanos = timeNanos;
        this.text = place + what;
    }

    /**
     * Which way it went.
     *
     * @return the direction
     */
    public Direction direction() {
        return direction;
    }

    /**
     * What the line tells of.
     *
     * @return the kind
     */
    public LineKind kind() {
        return kind;
    }

    /**
     * The stream that carried it.
     *
     * @return the id; empty for what concerns the connection or is a datagram
     */
    public OptionalLong streamId() {
        return streamId;
    }

    /**
     * The session that it belongs to: that of a CONNECT stream, of a stream with a preamble, or of a datagram.
     *
     * @return the id of the CONNECT stream; empty when it belongs to none, or the session was not known yet
     */
    public OptionalLong sessionId() {
        return sessionId;
    }

    /**
     * When it arrived.
     *
     * @return nanoseconds since the first frame of the trace; of merged payload when its first byte arrived
     */
    public long timeNanos() {
        return timeNanos;
    }

    /**
     * The line without its time.
     *
     * @return for example {@code >> s4 STREAM 12 FIN}
     */
    public String text() {
        return text;
    }

    /** The line with its time in front, for example {@code 12.345ms >> s4 STREAM 12 FIN}. */
    String textWithTime() {
        long micros = timeNanos / NANOS_PER_MICRO;
        String fraction = Long.toString(MICROS_PER_MILLI + micros % MICROS_PER_MILLI);
        return micros / MICROS_PER_MILLI + "." + fraction.substring(1) + "ms " + text;
    }

    @Override
    public String toString() {
        return text;
    }
}
