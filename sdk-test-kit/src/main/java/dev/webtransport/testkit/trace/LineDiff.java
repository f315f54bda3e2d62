package dev.webtransport.testkit.trace;

import java.util.ArrayList;
import java.util.List;

/**
 * The difference between expected and actual lines: as few lines as possible are missing ({@code -}) or too many
 * ({@code +}), with those around them.
 */
final class LineDiff {
    private static final int CONTEXT = 3;

    /** How many missing and surplus lines are written out. */
    private static final int MAX_DIFFERENCES = 40;

    /** How large a table may be, in cells of four bytes; beyond, only {@link #MAX_COMPARED} lines each are compared. */
    private static final long MAX_CELLS = 4_000_000;

    private static final int MAX_COMPARED = 1_500;

    private final List<ExpectedLine> expected;
    private final List<String> actual;
    private final List<Row> rows = new ArrayList<>();
    private boolean cut;

    private enum Mark {
        SAME("    "),
        ANY("  . "),
        MISSING("  - "),
        SURPLUS("  + ");

        final String prefix;

        Mark(String prefix) {
            this.prefix = prefix;
        }

        boolean isDifference() {
            return this == MISSING || this == SURPLUS;
        }
    }

    private static final class Row {
        final Mark mark;
        final String text;

        Row(Mark mark, String text) {
            this.mark = mark;
            this.text = text;
        }
    }

    private LineDiff(List<ExpectedLine> expected, List<String> actual) {
        this.expected = expected;
        this.actual = actual;
    }

    static String of(List<ExpectedLine> expected, List<String> actual) {
        LineDiff diff = new LineDiff(expected, actual);
        diff.compare();
        return diff.render();
    }

    private void compare() {
        int same = 0;
        while (same < expected.size()
                && same < actual.size()
                && expected.get(same).matches(actual.get(same))) {
            rows.add(new Row(Mark.SAME, actual.get(same)));
            same++;
        }
        List<ExpectedLine> restExpected = expected.subList(same, expected.size());
        List<String> restActual = actual.subList(same, actual.size());
        if ((restExpected.size() + 1L) * (restActual.size() + 1L) > MAX_CELLS) {
            restExpected = restExpected.subList(0, Math.min(restExpected.size(), MAX_COMPARED));
            restActual = restActual.subList(0, Math.min(restActual.size(), MAX_COMPARED));
            cut = true;
        }
        follow(restExpected, restActual, costs(restExpected, restActual));
    }

    /** How many lines differ at least, of what is left from a line of the one and a line of the other on. */
    private static int[][] costs(List<ExpectedLine> expected, List<String> actual) {
        int[][] costs = new int[expected.size() + 1][actual.size() + 1];
        for (int e = expected.size(); e >= 0; e--) {
            for (int a = actual.size(); a >= 0; a--) {
                costs[e][a] = cost(expected, actual, costs, e, a);
            }
        }
        return costs;
    }

    private static int cost(List<ExpectedLine> expected, List<String> actual, int[][] costs, int e, int a) {
        if (e == expected.size()) {
            return actual.size() - a;
        }
        boolean any = expected.get(e).isAnyLines();
        int missing = costs[e + 1][a] + (any ? 0 : 1);
        if (a == actual.size()) {
            return missing;
        }
        int surplus = costs[e][a + 1] + (any ? 0 : 1);
        int best = Math.min(missing, surplus);
        return !any && expected.get(e).matches(actual.get(a)) ? Math.min(best, costs[e + 1][a + 1]) : best;
    }

    private void follow(List<ExpectedLine> expected, List<String> actual, int[][] costs) {
        int e = 0;
        int a = 0;
        while (e < expected.size() || a < actual.size()) {
            boolean any = e < expected.size() && expected.get(e).isAnyLines();
            int step = any ? 0 : 1;
            if (e < expected.size()
                    && a < actual.size()
                    && costs[e][a] == costs[e + 1][a + 1]
                    && expected.get(e).matches(actual.get(a))) {
                rows.add(new Row(Mark.SAME, actual.get(a)));
                e++;
                a++;
            } else if (e < expected.size() && costs[e][a] == costs[e + 1][a] + step) {
                if (!any) {
                    rows.add(new Row(Mark.MISSING, expected.get(e).toString()));
                }
                e++;
            } else {
                rows.add(new Row(any ? Mark.ANY : Mark.SURPLUS, actual.get(a)));
                a++;
            }
        }
    }

    private String render() {
        StringBuilder text = new StringBuilder();
        int differences = 0;
        int hidden = 0;
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            if (row.mark.isDifference() && ++differences > MAX_DIFFERENCES) {
                return text.append("    (and more)\n").toString();
            }
            if (!isNearDifference(i)) {
                hidden++;
                continue;
            }
            leftOut(text, hidden);
            hidden = 0;
            text.append(row.mark.prefix).append(row.text).append('\n');
            if (row.mark == Mark.MISSING && !isReplaced(i)) {
                closest(text, row.text);
            }
        }
        leftOut(text, hidden);
        return text.append(cut ? "    (there are too many lines: those behind these were not compared)\n" : "")
                .toString();
    }

    private static void leftOut(StringBuilder text, int lines) {
        if (lines > 0) {
            text.append("    (")
                    .append(lines)
                    .append(lines == 1 ? " line" : " lines")
                    .append(" as expected)\n");
        }
    }

    private boolean isNearDifference(int row) {
        int from = Math.max(0, row - CONTEXT);
        int to = Math.min(rows.size(), row + CONTEXT + 1);
        return rows.subList(from, to).stream().anyMatch(near -> near.mark.isDifference());
    }

    /** Whether surplus lines stand behind the missing ones, so that one sees what came instead. */
    private boolean isReplaced(int row) {
        int next = row;
        while (next < rows.size() && rows.get(next).mark == Mark.MISSING) {
            next++;
        }
        return next < rows.size() && rows.get(next).mark == Mark.SURPLUS;
    }

    /** Names the actual line that begins and ends most like a missing one, unless none resembles it. */
    private void closest(StringBuilder text, String missing) {
        int best = -1;
        int bestLikeness = missing.length() / 2;
        for (int i = 0; i < actual.size(); i++) {
            int likeness = likeness(missing, actual.get(i));
            if (likeness > bestLikeness) {
                best = i;
                bestLikeness = likeness;
            }
        }
        if (best >= 0) {
            text.append("      most like it is line ")
                    .append(best + 1)
                    .append(": ")
                    .append(actual.get(best))
                    .append('\n');
        }
    }

    private static int likeness(String one, String other) {
        int shorter = Math.min(one.length(), other.length());
        int before = 0;
        while (before < shorter && one.charAt(before) == other.charAt(before)) {
            before++;
        }
        int behind = 0;
        while (behind < shorter - before
                && one.charAt(one.length() - 1 - behind) == other.charAt(other.length() - 1 - behind)) {
            behind++;
        }
        return before + behind;
    }
}
