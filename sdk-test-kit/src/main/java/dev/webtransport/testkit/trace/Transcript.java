package dev.webtransport.testkit.trace;

import dev.webtransport.testkit.quic.Direction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The lines of a {@link Trace} at a moment: to be filtered, compared, and saved. Immutable.
 *
 * <p>Nothing is left out of a comparison but what a filter left out. Where lines were dropped, the first line of the text
 * says how many, and belongs to what is compared.
 */
public final class Transcript {
    /** The system property with which {@link #assertGolden} writes files instead of comparing. */
    public static final String UPDATE_GOLDEN = "updateGolden";

    private static final int CONTEXT = 5;

    private final List<TraceLine> lines;
    private final long dropped;
    private final TraceOptions options;

    Transcript(List<TraceLine> lines, long dropped, TraceOptions options) {
        this.lines = Collections.unmodifiableList(lines);
        this.dropped = dropped;
        this.options = options;
    }

    /**
     * The lines in order.
     *
     * @return an unmodifiable list
     */
    public List<TraceLine> lines() {
        return lines;
    }

    /**
     * How many lines stood before {@link #lines} and were dropped, whatever the filter.
     *
     * @return 0 unless the trace was longer than {@link TraceOptions#maxLines}
     */
    public long dropped() {
        return dropped;
    }

    /**
     * What went one way only.
     *
     * @param direction which way
     * @return the lines
     */
    public Transcript direction(Direction direction) {
        return where(line -> line.direction() == direction);
    }

    /**
     * What one stream carried only, both ways.
     *
     * @param streamId the QUIC stream id
     * @return the lines
     */
    public Transcript stream(long streamId) {
        return where(line -> line.streamId().isPresent() && line.streamId().getAsLong() == streamId);
    }

    /**
     * What belongs to one session only: its CONNECT stream, its streams, its datagrams.
     *
     * @param sessionId the id of the CONNECT stream
     * @return the lines
     */
    public Transcript session(long sessionId) {
        return where(line -> line.sessionId().isPresent() && line.sessionId().getAsLong() == sessionId);
    }

    /**
     * Lines of some kinds only.
     *
     * @param first a kind
     * @param more others
     * @return the lines
     */
    public Transcript kinds(LineKind first, LineKind... more) {
        Set<LineKind> kinds = EnumSet.of(first, more);
        return where(line -> kinds.contains(line.kind()));
    }

    /**
     * Fails unless all lines are as expected. In the expected lines, a line {@code ...} stands for any number of lines,
     * none too, and {@code *} for any characters within a line, none too; {@code \*} is the asterisk itself. Everything
     * else has to be there as it is written. A line break behind the last line means nothing.
     *
     * @param expected the lines
     * @throws AssertionError with the difference, and some lines around it
     */
    public void assertMatches(String expected) {
        Expectation.ofAll(expected).check(texts(), "the trace is not as expected");
    }

    /**
     * Fails unless the expected lines occur in this order; any others may stand before, between, and behind them.
     * {@code *} and {@code \*} are as in {@link #assertMatches}.
     *
     * @param expected the lines
     * @throws AssertionError with what is missing, and the lines around its place
     */
    public void assertContainsInOrder(String expected) {
        Expectation.ofSome(expected).check(texts(), "the trace does not hold these lines in this order");
    }

    /**
     * Fails unless the text is, line by line, that of a file: without wildcards, and with nothing left out. With the
     * system property {@link #UPDATE_GOLDEN} set, {@code -DupdateGolden}, the file is written instead; it is UTF-8, with
     * {@code \n} behind each line; read is {@code \r\n} too.
     *
     * @param file the file
     * @throws AssertionError with the difference, or if the file does not exist
     * @throws java.io.UncheckedIOException if the file cannot be read or written
     */
    public void assertGolden(Path file) {
        new GoldenFile(file).check(toString(), texts());
    }

    /**
     * Fails unless another transcript has the same text.
     *
     * @param expected the other one
     * @throws AssertionError with what {@link #firstDifference} tells
     */
    public void assertSameAs(Transcript expected) {
        firstDifference(expected).ifPresent(difference -> {
            throw new AssertionError(difference);
        });
    }

    /**
     * Where the text of this transcript and of another one part.
     *
     * @param expected the other one
     * @return the first line that differs, and some lines before it; empty when there is none
     */
    public Optional<String> firstDifference(Transcript expected) {
        List<String> one = expected.texts();
        List<String> other = texts();
        int line = 0;
        while (line < one.size() && line < other.size() && one.get(line).equals(other.get(line))) {
            line++;
        }
        if (line == one.size() && line == other.size()) {
            return Optional.empty();
        }
        StringBuilder difference =
                new StringBuilder("line " + (line + 1) + " is the first that differs (- expected, + actual):\n");
        one.subList(Math.max(0, line - CONTEXT), line)
                .forEach(same -> difference.append("    ").append(same).append('\n'));
        difference.append("  - ").append(lineOrEnd(one, line)).append('\n');
        difference.append("  + ").append(lineOrEnd(other, line)).append('\n');
        return Optional.of(difference.toString());
    }

    /** The lines, with their times if the options say so, each with {@code \n} behind it. */
    @Override
    public String toString() {
        return texts().stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static String lineOrEnd(List<String> texts, int line) {
        return line < texts.size() ? texts.get(line) : "(the end)";
    }

    private List<String> texts() {
        List<String> texts = new ArrayList<>(lines.size() + 1);
        if (dropped > 0) {
            texts.add("(" + dropped + " lines before these were dropped: maxLines is " + options.maxLines() + ")");
        }
        boolean timed = options.times() == TraceOptions.Times.SHOWN;
        lines.forEach(line -> texts.add(timed ? line.textWithTime() : line.text()));
        return texts;
    }

    private Transcript where(Predicate<TraceLine> filter) {
        return new Transcript(lines.stream().filter(filter).collect(Collectors.toList()), dropped, options);
    }
}
