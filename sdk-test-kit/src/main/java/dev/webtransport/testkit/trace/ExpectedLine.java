package dev.webtransport.testkit.trace;

import java.util.ArrayList;
import java.util.List;

/** A line of a transcript as somebody expects it: with wildcards, to the letter, or any number of lines. */
final class ExpectedLine {
    private static final String ANY_LINES = "...";

    private final String source;
    private final List<String> parts;
    private final boolean anyLines;

    private ExpectedLine(String source, List<String> parts, boolean anyLines) {
        this.source = source;
        this.parts = parts;
        this.anyLines = anyLines;
    }

    /** {@code ...} for any lines, {@code *} within a line for any characters, {@code \*} for the asterisk. */
    static ExpectedLine pattern(String source) {
        return source.equals(ANY_LINES) ? anyLines() : new ExpectedLine(source, split(source), false);
    }

    static ExpectedLine literal(String source) {
        return new ExpectedLine(source, List.of(source), false);
    }

    static ExpectedLine anyLines() {
        return new ExpectedLine(ANY_LINES, List.of(), true);
    }

    /** The lines of a text; a line break behind the last one means nothing. */
    static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            int next = end < 0 ? text.length() : end;
            boolean carriageReturn = end > start && text.charAt(end - 1) == '\r';
            lines.add(text.substring(start, carriageReturn ? next - 1 : next));
            start = next + 1;
        }
        return lines;
    }

    /** Whether it stands for any number of lines. */
    boolean isAnyLines() {
        return anyLines;
    }

    /** Whether one line is as expected; nothing is if it stands for any number. */
    boolean matches(String line) {
        if (anyLines) {
            return false;
        }
        String first = parts.get(0);
        if (parts.size() == 1) {
            return line.equals(first);
        }
        String last = parts.get(parts.size() - 1);
        int from = first.length();
        int to = line.length() - last.length();
        if (from > to || !line.startsWith(first) || !line.endsWith(last)) {
            return false;
        }
        for (String part : parts.subList(1, parts.size() - 1)) {
            int at = line.indexOf(part, from);
            if (at < 0) {
                return false;
            }
            from = at + part.length();
        }
        return from <= to;
    }

    /** As it was written. */
    @Override
    public String toString() {
        return source;
    }

    /** What has to stand before, between, and behind the wildcards. */
    private static List<String> split(String source) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < source.length(); i++) {
            if (source.startsWith("\\*", i)) {
                part.append('*');
                i++;
            } else if (source.charAt(i) == '*') {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(source.charAt(i));
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
