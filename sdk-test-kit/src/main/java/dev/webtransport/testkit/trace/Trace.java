package dev.webtransport.testkit.trace;

import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.testkit.quic.FrameListener;
import dev.webtransport.testkit.quic.QuicFrame;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes down what a connection says, one readable line per element of HTTP/3 and WebTransport, as its frames arrive.
 *
 * <pre>
 * &gt;&gt; s2 CONTROL
 * &gt;&gt; s2 SETTINGS ENABLE_CONNECT_PROTOCOL=1 H3_DATAGRAM=1 WT_ENABLED=1
 * &gt;&gt; s0 HEADERS :method=CONNECT :protocol=webtransport-h3 :scheme=https :authority=localhost :path=/chat
 * &lt;&lt; s0 HEADERS :status=200
 * &gt;&gt; s4 WT_STREAM session 0
 * &gt;&gt; s4 STREAM 12 FIN
 * &lt;&lt; DATAGRAM session 0 5
 * &gt;&gt; s0 WT_CLOSE_SESSION 77 "bye"
 * &gt;&gt; s0 FIN
 * </pre>
 *
 * <p>{@code >>} is what the client sends, {@code <<} what the server sends, {@code s4} a stream. Where the bytes of a
 * stream were cut makes no difference, whatever they hold. What is malformed is a line of its own; behind it, that
 * direction of that stream is told as bytes.
 *
 * <p><b>One trace is for one connection.</b> <b>It may be read while the connection goes on</b>, on any thread.
 * <b>Memory is bounded:</b> by {@link TraceOptions.Builder#maxLines}, by {@link #MAX_LINE_LENGTH}, and by
 * {@link #MAX_OPEN_STREAMS} streams with at most {@link #MAX_ELEMENT_SIZE} bytes of an incomplete element in each
 * direction.
 */
public final class Trace implements FrameListener {
    /** The longest line, in characters; what is longer ends with how many are missing. */
    public static final int MAX_LINE_LENGTH = 4_000;

    /** How many open streams are followed; of more, the oldest are told as bytes from then on. */
    public static final int MAX_OPEN_STREAMS = 10_000;

    /** The largest field section or DATAGRAM capsule that is decoded, in bytes; a larger one is called malformed. */
    public static final int MAX_ELEMENT_SIZE = 1 << 20;

    private final LineLog log;
    private final TracedConnection connection;

    /** A trace with {@link TraceOptions#DEFAULT}. */
    public Trace() {
        this(TraceOptions.DEFAULT);
    }

    /**
     * A trace.
     *
     * @param options what it writes down, and how
     */
    public Trace(TraceOptions options) {
        this.log = new LineLog(options);
        this.connection = new TracedConnection(log, options.detail());
    }

    @Override
    public synchronized void handleFrame(Direction direction, QuicFrame frame, long nowNanos) {
        log.startFrame(nowNanos);
        connection.handleFrame(direction, frame);
        log.endFrame();
    }

    /**
     * What was written so far. Later frames do not change it.
     *
     * @return the lines, for filters and comparisons
     */
    public synchronized Transcript transcript() {
        return log.transcript();
    }

    /**
     * The lines so far, without the dropped ones.
     *
     * @return an unmodifiable list
     */
    public List<TraceLine> lines() {
        return transcript().lines();
    }

    /**
     * Fails unless the whole trace is as expected: {@link Transcript#assertMatches}.
     *
     * @param expected the lines, with wildcards
     * @throws AssertionError with the difference
     */
    public void assertMatches(String expected) {
        transcript().assertMatches(expected);
    }

    /**
     * Fails unless the trace holds lines in this order: {@link Transcript#assertContainsInOrder}.
     *
     * @param expected the lines, with wildcards
     * @throws AssertionError with the difference
     */
    public void assertContainsInOrder(String expected) {
        transcript().assertContainsInOrder(expected);
    }

    /**
     * Fails unless the trace is the one in a file: {@link Transcript#assertGolden}.
     *
     * @param file the file
     * @throws AssertionError with the difference, or if the file does not exist
     */
    public void assertGolden(Path file) {
        transcript().assertGolden(file);
    }

    /**
     * Fails unless the trace is the same as another one, line by line: {@link Transcript#assertSameAs}.
     *
     * @param expected the other one
     * @throws AssertionError with the first difference
     */
    public void assertSameAs(Trace expected) {
        transcript().assertSameAs(expected.transcript());
    }

    /** The transcript, a line each. */
    @Override
    public String toString() {
        return transcript().toString();
    }
}
