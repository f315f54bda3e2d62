package dev.webtransport.config;

import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which web pages may open sessions, by the {@code Origin} field that browsers send (RFC 6454). Clients that send none
 * are no browsers, and are let in: their users are not tricked by a page.
 */
public abstract sealed class OriginPolicy {
    private OriginPolicy() {}

    /**
     * Pages whose host is the one they connect to, whatever the port.
     *
     * @return the policy
     */
    public static OriginPolicy sameHost() {
        return SameHost.INSTANCE;
    }

    /**
     * Every page of the web. Right only where a session gives nothing away.
     *
     * @return the policy
     */
    public static OriginPolicy any() {
        return Any.INSTANCE;
    }

    /**
     * Pages of these origins and no others.
     *
     * @param origins scheme, host and, unless it is the default, port: {@code https://example.com:8443}
     * @return the policy
     * @throws IllegalArgumentException if one is not an origin
     */
    public static OriginPolicy of(Set<String> origins) {
        Set<String> normal = new TreeSet<>();
        for (String origin : origins) {
            normal.add(normalize(origin));
        }
        return new Listed(normal);
    }

    /**
     * Whether a page of this origin may open a session.
     *
     * @param origin the value of the field
     * @param authority the {@code :authority} of the request
     * @return true if so
     */
    public abstract boolean allows(String origin, String authority);

    /** The origins of a list; empty where the policy is none. */
    Set<String> origins() {
        return Set.of();
    }

    private static String normalize(String origin) {
        URI uri = parse(origin);
        if (uri == null) {
            throw new IllegalArgumentException(
                    "\"" + origin + "\" is not an origin; write scheme://host or scheme://host:port");
        }
        return text(uri);
    }

    private static String text(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int standard = scheme.equals("https") ? 443 : scheme.equals("http") ? 80 : -1;
        String port = uri.getPort() == -1 || uri.getPort() == standard ? "" : ":" + uri.getPort();
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port;
    }

    /** An origin's parts, or null when it is none: an opaque "null" origin is none. */
    private static @org.jspecify.annotations.Nullable URI parse(String origin) {
        try {
            URI uri = new URI(origin);
            boolean bare = uri.getRawPath() == null || uri.getRawPath().isEmpty();
            boolean plain = uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null;
            return uri.getScheme() != null && uri.getHost() != null && bare && plain ? uri : null;
        } catch (java.net.URISyntaxException notAnOrigin) {
            return null;
        }
    }

    private static final class SameHost extends OriginPolicy {
        static final SameHost INSTANCE = new SameHost();

        @Override
        public boolean allows(String origin, String authority) {
            URI page = parse(origin);
            URI target = parse("https://" + authority);
            return page != null && target != null && page.getHost().equalsIgnoreCase(target.getHost());
        }

        @Override
        public String toString() {
            return "same host";
        }
    }

    private static final class Any extends OriginPolicy {
        static final Any INSTANCE = new Any();

        @Override
        public boolean allows(String origin, String authority) {
            return true;
        }

        @Override
        public String toString() {
            return "any origin";
        }
    }

    private static final class Listed extends OriginPolicy {
        private final Set<String> origins;

        Listed(Set<String> origins) {
            this.origins = origins;
        }

        @Override
        Set<String> origins() {
            return origins;
        }

        @Override
        public boolean allows(String origin, String authority) {
            URI page = parse(origin);
            return page != null && origins.contains(text(page));
        }

        @Override
        public String toString() {
            return "origins " + origins;
        }
    }
}
