package dev.webtransport.server;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** A regular expression that a whole path is held against, as it was sent; its named groups are parameters. */
final class PathPattern {
    private static final Pattern NAMED_GROUP = Pattern.compile("\\(\\?<([A-Za-z][A-Za-z0-9]*)>");

    private final Pattern pattern;
    private final List<String> groups;

    PathPattern(Pattern pattern) {
        this.pattern = pattern;
        this.groups = groupNames(pattern);
    }

    /** The platform tells the names of groups from Java 20 on only: they are read, and then asked for. */
    private static List<String> groupNames(Pattern pattern) {
        List<String> names = new ArrayList<>();
        Matcher candidates = NAMED_GROUP.matcher(pattern.pattern());
        while (candidates.find()) {
            String name = candidates.group(1);
            if (!names.contains(name) && hasGroup(pattern, name)) {
                names.add(name);
            }
        }
        return Collections.unmodifiableList(names);
    }

    /** A reference to a group that is not there does not compile: the candidate was escaped or quoted. */
    private static boolean hasGroup(Pattern pattern, String name) {
        try {
            Pattern.compile(pattern.pattern() + "\\k<" + name + ">", pattern.flags());
            return true;
        } catch (PatternSyntaxException noSuchGroup) {
            return false;
        }
    }

    /**
     * Holds the pattern against a path.
     *
     * @param path as it was sent, without its query
     * @return the named groups that took part in the match, decoded; null if it does not match the whole path
     */
    @Nullable
    Map<String, String> match(String path) {
        Matcher matcher = pattern.matcher(path);
        if (!matcher.matches()) {
            return null;
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String name : groups) {
            String raw = matcher.group(name);
            if (raw != null) {
                String decoded = RequestPath.decode(raw);
                if (decoded == null) {
                    // The group cuts an encoded character in two: then the path is not what the pattern means.
                    return null;
                }
                parameters.put(name, decoded);
            }
        }
        return Collections.unmodifiableMap(parameters);
    }

    /** The regular expression. */
    String text() {
        return pattern.pattern();
    }
}
