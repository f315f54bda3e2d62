package dev.webtransport.testkit.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The lines that somebody expects of a transcript. */
final class Expectation {
    private final List<ExpectedLine> expected;

    private Expectation(List<ExpectedLine> expected) {
        this.expected = expected;
    }

    /** The whole transcript, with wildcards. */
    static Expectation ofAll(String text) {
        return new Expectation(
                ExpectedLine.lines(text).stream().map(ExpectedLine::pattern).collect(Collectors.toList()));
    }

    /** The whole transcript, to the letter. */
    static Expectation ofAllLiterally(String text) {
        return new Expectation(
                ExpectedLine.lines(text).stream().map(ExpectedLine::literal).collect(Collectors.toList()));
    }

    /** Lines in order, with any others before, between, and behind them. */
    static Expectation ofSome(String text) {
        List<ExpectedLine> expected = new ArrayList<>();
        expected.add(ExpectedLine.anyLines());
        for (String line : ExpectedLine.lines(text)) {
            expected.add(ExpectedLine.pattern(line));
            expected.add(ExpectedLine.anyLines());
        }
        return new Expectation(expected);
    }

    /**
     * Compares.
     *
     * @param headline what to say first if they differ
     * @throws AssertionError with the difference
     */
    void check(List<String> actual, String headline) {
        if (!isMetBy(actual)) {
            throw new AssertionError(headline + " (- expected, + actual):\n" + LineDiff.of(expected, actual));
        }
    }

    private boolean isMetBy(List<String> actual) {
        int at = 0;
        int line = 0;
        // Where the last "any lines" stands, and the first line behind those that it stands for so far.
        int any = -1;
        int behindAny = 0;
        while (line < actual.size()) {
            if (at < expected.size() && expected.get(at).isAnyLines()) {
                any = at++;
                behindAny = line;
            } else if (at < expected.size() && expected.get(at).matches(actual.get(line))) {
                at++;
                line++;
            } else if (any >= 0) {
                at = any + 1;
                line = ++behindAny;
            } else {
                return false;
            }
        }
        return expected.subList(at, expected.size()).stream().allMatch(ExpectedLine::isAnyLines);
    }
}
