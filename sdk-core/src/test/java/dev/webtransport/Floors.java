package dev.webtransport;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which package of the core stands on which floor, and which may see less than all that is below. */
final class Floors {
    private static final String BASE = "dev.webtransport.";
    private static final int LOWEST_KOTLIN_FLOOR = 5;

    /** From floor 0 up. */
    private static final List<List<String>> FLOORS = List.of(
            List.of("wire", "value"),
            List.of("error"),
            List.of("codec", "flow", "config"),
            List.of("engine", "tls"),
            List.of("engine.http3", "engine.http2"),
            List.of("session", "transport"),
            List.of("runtime", "kwik", "netty", "tcp", "metrics"),
            List.of("client", "server"));

    /** These see only what is named, although more is below them. */
    private static final Map<String, List<String>> NARROWED = Map.of(
            "tls", List.of("config", "error", "value"),
            "kwik", List.of("transport", "config", "error", "value", "tls", "flow"),
            "netty", List.of("transport", "config", "error", "value", "tls", "flow"),
            "tcp", List.of("transport", "config", "error", "value"),
            "metrics", List.of("value"));

    private Floors() {}

    /** Whether this rule knows the package. */
    static boolean isListed(String packageName) {
        return packageName.startsWith(BASE) && floorOf(packageName.substring(BASE.length())) >= 0;
    }

    /** Whether a class of the first package may depend on one of the second. */
    static boolean allows(String fromPackage, String toPackage) {
        if (fromPackage.equals(toPackage)) {
            return true;
        }
        String from = fromPackage.substring(BASE.length());
        String to = toPackage.substring(BASE.length());
        if (NARROWED.containsKey(from)) {
            return NARROWED.get(from).contains(to);
        }
        return floorOf(to) < floorOf(from);
    }

    /** The packages in which only Java is allowed. */
    static Set<String> javaPackages() {
        return FLOORS.subList(0, LOWEST_KOTLIN_FLOOR).stream()
                .flatMap(List::stream)
                .map(name -> BASE + name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The picture of the rule, as it stands in README.md. */
    static String picture() {
        StringBuilder picture = new StringBuilder();
        for (int floor = FLOORS.size() - 1; floor >= 0; floor--) {
            picture.append("floor ").append(floor).append("   ");
            picture.append(String.join("   ", FLOORS.get(floor))).append('\n');
            if (floor == LOWEST_KOTLIN_FLOOR) {
                picture.append("---------- Kotlin from here up, Java from here down ----------\n");
            }
        }
        picture.append('\n');
        for (List<String> floor : FLOORS) {
            for (String name : floor) {
                if (NARROWED.containsKey(name)) {
                    picture.append(name).append(" sees only ");
                    picture.append(String.join(", ", NARROWED.get(name))).append('\n');
                }
            }
        }
        return picture.toString();
    }

    private static int floorOf(String name) {
        for (int floor = 0; floor < FLOORS.size(); floor++) {
            if (FLOORS.get(floor).contains(name)) {
                return floor;
            }
        }
        return -1;
    }
}
