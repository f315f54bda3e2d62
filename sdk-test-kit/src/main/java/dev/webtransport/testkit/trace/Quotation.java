package dev.webtransport.testkit.trace;

/** Foreign text within a line: it stays on the line, and where it ends can be seen. */
final class Quotation {
    private Quotation() {}

    /** Text in quotation marks, what cannot be printed escaped as Java does it. */
    static String of(String text) {
        return quoted(text, '"');
    }

    /**
     * A field of HTTP, {@code name=value}; a part that holds spaces or other than visible ASCII stands in single
     * quotation marks, since structured fields are full of double ones.
     */
    static String ofField(String name, String value) {
        boolean plainName = isVisible(name) && name.indexOf('=') < 0;
        return (plainName ? name : quoted(name, '\'')) + "=" + (isVisible(value) ? value : quoted(value, '\''));
    }

    /** What is not assigned counts as printable: which those are depends on the JDK, and no transcript may. */
    static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }

    private static boolean isVisible(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\'');
    }

    private static String quoted(String text, char mark) {
        StringBuilder quoted = new StringBuilder().append(mark);
        text.codePoints().forEach(codePoint -> {
            switch (codePoint) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\\' -> quoted.append("\\\\");
                default -> {
                    if (codePoint == mark) {
                        quoted.append('\\').append(mark);
                    } else if (isPrintable(codePoint)) {
                        quoted.appendCodePoint(codePoint);
                    } else {
                        escape(quoted, codePoint);
                    }
                }
            }
        });
        return quoted.append(mark).toString();
    }

    private static void escape(StringBuilder quoted, int codePoint) {
        for (char unit : Character.toChars(codePoint)) {
            quoted.append("\\u").append(Integer.toHexString(0x10000 | unit).substring(1));
        }
    }
}
