package dev.webtransport.testkit.trace;

import dev.webtransport.wire.BufferCursor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Payload of one stream and direction that stands on one line, which grows while more of it arrives. */
final class PayloadRun {
    private final LinePlace place;
    private final LineKind kind;
    private final long timeNanos;
    private final long number;
    private final int maxShown;
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private long length;
    private boolean ended;

    PayloadRun(LinePlace place, LineKind kind, long timeNanos, long number, int maxShown) {
        this.place = place;
        this.kind = kind;
        this.timeNanos = timeNanos;
        this.number = number;
        this.maxShown = maxShown;
    }

    boolean isOf(LinePlace other, LineKind otherKind) {
        return kind == otherKind && place.streamId().equals(other.streamId());
    }

    /** The number of its line, counted from the first line of the trace. */
    long number() {
        return number;
    }

    /** Takes all bytes. */
    void add(ByteBuffer bytes) {
        length += bytes.remaining();
        while (bytes.hasRemaining() && shown.size() < maxShown) {
            shown.write(bytes.get());
        }
        BufferCursor.advance(bytes, bytes.remaining());
    }

    void end() {
        ended = true;
    }

    TraceLine line() {
        String what = kind + " " + length + PayloadText.of(shown.toByteArray(), length) + (ended ? " FIN" : "");
        return new TraceLine(place, kind, what, timeNanos);
    }
}
