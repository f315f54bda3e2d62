package dev.webtransport.testkit.trace;

import dev.webtransport.testkit.quic.Direction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The lines as they are written: the newest up to the limit, payload merged where the options say so. Knows no
 * protocol. Not for several threads at once.
 */
final class LineLog {
    private final TraceOptions options;

    /** A ring once it is full: the line with number n stands at n modulo its size. */
    private final List<TraceLine> ring = new ArrayList<>();

    private final Map<Direction, PayloadRun> runs = new EnumMap<>(Direction.class);
    private long written;
    private boolean started;
    private long originNanos;
    private long timeNanos;

    LineLog(TraceOptions options) {
        this.options = options;
    }

    /** Something arrives: what is written until {@link #endFrame} has this time. */
    void startFrame(long nowNanos) {
        if (!started) {
            started = true;
            originNanos = nowNanos;
        }
        timeNanos = nowNanos - originNanos;
    }

    void endFrame() {
        if (options.payload() == TraceOptions.Payload.AS_IT_ARRIVED) {
            runs.clear();
        }
    }

    /** A line of its own. */
    void line(LinePlace place, LineKind kind, String what) {
        runs.remove(place.direction());
        append(new TraceLine(place, kind, shortened(what), timeNanos));
    }

    /** A line that does not part the payload before it from the payload behind it. */
    void aside(LinePlace place, LineKind kind, String what) {
        append(new TraceLine(place, kind, shortened(what), timeNanos));
    }

    /** Bytes, all of the buffer, whose position moves to its limit; they go on the line of those before them if they may. */
    void payload(LinePlace place, LineKind kind, ByteBuffer bytes) {
        if (!bytes.hasRemaining()) {
            return;
        }
        PayloadRun run = runs.get(place.direction());
        if (run == null || !run.isOf(place, kind)) {
            run = new PayloadRun(place, kind, timeNanos, written, options.shownPayload());
            run.add(bytes);
            append(run.line());
            runs.put(place.direction(), run);
        } else {
            run.add(bytes);
            rewrite(run);
        }
    }

    /** The clean end of one direction of a stream, on the line of the payload before it if there is one. */
    void fin(LinePlace place) {
        PayloadRun run = runs.remove(place.direction());
        if (run != null && run.isOf(place, LineKind.STREAM)) {
            run.end();
            rewrite(run);
        } else {
            line(place, LineKind.FIN, "FIN");
        }
    }

    /** How many bytes of payload a line shows. */
    int shownPayload() {
        return options.shownPayload();
    }

    Transcript transcript() {
        int first = written > ring.size() ? slot(written) : 0;
        List<TraceLine> lines = new ArrayList<>(ring.size());
        lines.addAll(ring.subList(first, ring.size()));
        lines.addAll(ring.subList(0, first));
        return new Transcript(lines, written - ring.size(), options);
    }

    private void append(TraceLine line) {
        if (ring.size() < options.maxLines()) {
            ring.add(line);
        } else {
            ring.set(slot(written), line);
        }
        written++;
    }

    private void rewrite(PayloadRun run) {
        // A line that was dropped meanwhile is not written again.
        if (run.number() >= written - ring.size()) {
            ring.set(slot(run.number()), run.line());
        }
    }

    private int slot(long number) {
        return (int) (number % options.maxLines());
    }

    private static String shortened(String what) {
        int missing = what.length() - Trace.MAX_LINE_LENGTH;
        return missing <= 0 ? what : what.substring(0, Trace.MAX_LINE_LENGTH) + "... (" + missing + " more characters)";
    }
}
