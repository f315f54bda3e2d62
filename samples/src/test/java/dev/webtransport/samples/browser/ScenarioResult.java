package dev.webtransport.samples.browser;

/** What a page reports of one scenario: a verdict, the limit it met or nothing, and what it saw. */
final class ScenarioResult {
    enum Verdict {
        PASS,
        LIMIT,
        FAIL
    }

    private final Verdict verdict;
    private final String limit;
    private final String seen;

    private ScenarioResult(Verdict verdict, String limit, String seen) {
        this.verdict = verdict;
        this.limit = limit;
        this.seen = seen;
    }

    static ScenarioResult parse(String report) {
        String[] lines = report.split("\n", 3);
        Verdict verdict =
                switch (lines[0]) {
                    case "pass" -> Verdict.PASS;
                    case "limit" -> Verdict.LIMIT;
                    default -> Verdict.FAIL;
                };
        return new ScenarioResult(verdict, lines.length > 1 ? lines[1] : "", lines.length > 2 ? lines[2] : report);
    }

    Verdict verdict() {
        return verdict;
    }

    String limit() {
        return limit;
    }

    String seen() {
        return seen;
    }
}
