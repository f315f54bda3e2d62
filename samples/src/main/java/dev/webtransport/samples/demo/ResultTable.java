package dev.webtransport.samples.demo;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of each step of the demo, as a table of plain text. */
public final class ResultTable {
    private static final String[] HEAD = {"Step", "Result", "Time"};

    private final List<String[]> rows = new ArrayList<>();
    private @Nullable String firstFailure;

    /** An empty table. */
    public ResultTable() {}

    /**
     * A step that did what it should.
     *
     * @param step its name
     * @param result what was seen
     * @param time how long it took
     */
    public void passed(String step, String result, String time) {
        rows.add(new String[] {step, result, time});
    }

    /**
     * A step that did not.
     *
     * @param step its name
     * @param why what happened instead
     * @param time how long it took
     */
    public void failed(String step, String why, String time) {
        rows.add(new String[] {step, "FAILED: " + why, time});
        firstFailure = firstFailure == null ? step : firstFailure;
    }

    /** The step that failed first. @return its name, or null when all passed */
    public @Nullable String firstFailure() {
        return firstFailure;
    }

    /** The table. @return its lines, each ended */
    public String text() {
        int[] widths = new int[HEAD.length];
        List<String[]> all = new ArrayList<>();
        all.add(HEAD);
        all.addAll(rows);
        for (String[] row : all) {
            for (int column = 0; column < row.length; column++) {
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : all) {
            text.append(pad(row[0], widths[0]))
                    .append("  ")
                    .append(pad(row[1], widths[1]))
                    .append("  ");
            text.append(" ".repeat(widths[2] - row[2].length())).append(row[2]).append('\n');
            if (row == HEAD) {
                text.append("-".repeat(widths[0] + widths[1] + widths[2] + 4)).append('\n');
            }
        }
        return text.toString();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
