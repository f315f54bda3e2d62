package dev.webtransport.samples.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The public names of all modules, read from the dumps in their api directories. */
final class PublicApi {
    private static final Pattern TYPE = Pattern.compile("public .*?(?:class|interface) (\\S+)(?: : (.*))? \\{");

    /** A member's name; Kotlin appends a hash to those of functions that take a value class. */
    private static final Pattern MEMBER =
            Pattern.compile("\\t(.*?)(?:fun|field) ([^\\s-]+)(?:-[\\w]{7})? (?:\\((?:L([^;]+);)?.*|.*)");

    private final Map<String, Set<String>> members = new HashMap<>();
    private final Map<String, List<String>> supertypes = new HashMap<>();
    private final Set<String> functions = new HashSet<>();

    private PublicApi(List<String> dump) {
        String type = "";
        for (String line : dump) {
            Matcher opened = TYPE.matcher(line);
            Matcher member = MEMBER.matcher(line);
            if (opened.matches()) {
                type = simpleName(opened.group(1));
                members.computeIfAbsent(type, any -> new HashSet<>());
                if (opened.group(2) != null) {
                    supertypes.put(
                            type,
                            Stream.of(opened.group(2).split(", "))
                                    .map(PublicApi::simpleName)
                                    .toList());
                }
            } else if (member.matches()) {
                String name = member.group(2);
                members.get(type).add(name);
                if (type.endsWith(".Companion")) {
                    members.computeIfAbsent(type.replaceFirst("\\.Companion$", ""), any -> new HashSet<>())
                            .add(name);
                }
                // In Kotlin a function of a file is static and final, in Java a static method is not final.
                if (member.group(1).contains("static final")) {
                    functions.add(name);
                    if (member.group(3) != null) {
                        // An extension belongs to what it extends.
                        members.computeIfAbsent(simpleName(member.group(3)), any -> new HashSet<>())
                                .add(name);
                    }
                }
            }
        }
    }

    /** The names in the dumps of the modules below the given directory. */
    static PublicApi of(Path root) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files =
                Files.find(root, 3, (file, attributes) -> file.toString().endsWith(".api"))) {
            for (Path file : files.filter(file -> file.getParent().endsWith("api"))
                    .sorted()
                    .toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return new PublicApi(lines);
    }

    /** Whether there is such a type, such a member of a type ("Type.member"), or such a function of no type. */
    boolean has(String name) {
        if (members.containsKey(name) || functions.contains(name)) {
            return true;
        }
        int dot = name.lastIndexOf('.');
        return dot > 0 && dot < name.length() - 1 && hasMember(name.substring(0, dot), name.substring(dot + 1));
    }

    private boolean hasMember(String type, String member) {
        Set<String> known = members.getOrDefault(type, Set.of());
        return known.contains(member)
                || known.contains("get" + Character.toUpperCase(member.charAt(0)) + member.substring(1))
                || supertypes.getOrDefault(type, List.of()).stream().anyMatch(above -> hasMember(above, member));
    }

    private static String simpleName(String internalName) {
        return internalName.substring(internalName.lastIndexOf('/') + 1).replace('$', '.');
    }
}
