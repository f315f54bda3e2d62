package dev.webtransport.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A path with names in place of some of its segments: {@code /chat/{room}}. */
final class PathTemplate {
    private static final Pattern PARAMETER = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_-]*)\\}");

    private final String text;

    /** A literal, decoded, or the name of a parameter. */
    private final List<String> segments;

    private final List<Boolean> named;

    private PathTemplate(String text, List<String> segments, List<Boolean> named) {
        this.text = text;
        this.segments = segments;
        this.named = named;
    }

    /**
     * Reads a template.
     *
     * @param text begins with a slash; each segment is a literal or a name in braces
     * @return the template
     * @throws IllegalArgumentException if it is none
     */
    static PathTemplate parse(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("route \"" + text + "\" does not begin with a slash");
        }
        if (text.indexOf('?') >= 0 || text.indexOf('#') >= 0) {
            throw new IllegalArgumentException("route \"" + text
                    + "\" has a query or a fragment, which are never matched; read the query from the request");
        }
        List<String> segments = new ArrayList<>();
        List<Boolean> named = new ArrayList<>();
        for (String raw : text.substring(1).split("/", -1)) {
            boolean isParameter = PARAMETER.matcher(raw).matches();
            segments.add(isParameter ? raw.substring(1, raw.length() - 1) : literal(text, raw));
            named.add(isParameter);
        }
        checkNames(text, segments, named);
        return new PathTemplate(text, Collections.unmodifiableList(segments), Collections.unmodifiableList(named));
    }

    private static String literal(String text, String raw) {
        if (raw.indexOf('{') >= 0 || raw.indexOf('}') >= 0) {
            throw new IllegalArgumentException("route \"" + text + "\": segment \"" + raw
                    + "\" is no parameter; one is a whole segment, {name}, of letters, digits, _ and -."
                    + " A brace that is meant as such is %7B or %7D");
        }
        String decoded = RequestPath.decode(raw);
        if (decoded == null) {
            throw new IllegalArgumentException(
                    "route \"" + text + "\": segment \"" + raw + "\" has malformed percent-encoding");
        }
        return decoded;
    }

    private static void checkNames(String text, List<String> segments, List<Boolean> named) {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            if (named.get(i)) {
                if (seen.contains(segments.get(i))) {
                    throw new IllegalArgumentException("route \"" + text + "\" names {" + segments.get(i) + "} twice");
                }
                seen.add(segments.get(i));
            }
        }
    }

    /** Whether there is no parameter in it. */
    boolean isExact() {
        return !named.contains(true);
    }

    /** The literals of a template without a parameter. */
    List<String> segments() {
        return segments;
    }

    /** Whether both match the same paths. */
    boolean hasShapeOf(PathTemplate other) {
        if (!named.equals(other.named)) {
            return false;
        }
        for (int i = 0; i < segments.size(); i++) {
            if (!named.get(i) && !segments.get(i).equals(other.segments.get(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Holds the template against a path.
     *
     * @param path decoded segments
     * @return the parameters in the order of the template; null if it does not match. A parameter is never empty
     */
    @Nullable
    Map<String, String> match(List<String> path) {
        if (path.size() != segments.size()) {
            return null;
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < path.size(); i++) {
            String segment = path.get(i);
            if (named.get(i) ? segment.isEmpty() : !segment.equals(segments.get(i))) {
                return null;
            }
            if (named.get(i)) {
                parameters.put(segments.get(i), segment);
            }
        }
        return Collections.unmodifiableMap(parameters);
    }

    @Override
    public String toString() {
        return text;
    }
}
