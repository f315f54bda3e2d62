package dev.webtransport.config;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of servers as settings name them: a host, or every host directly below a domain. */
final class ServerNamePattern {
    private static final String WILDCARD = "*.";
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    private ServerNamePattern() {}

    /**
     * A name as it is looked up: in lower case, international ones as they are sent, without the dot of the root.
     *
     * @throws IllegalArgumentException if it is none; the message says what is expected
     */
    static String check(String serverName) {
        boolean isWildcard = serverName.startsWith(WILDCARD);
        String name = ascii(serverName, isWildcard ? serverName.substring(WILDCARD.length()) : serverName);
        String[] labels = name.split("\\.", -1);
        for (String label : labels) {
            if (!LABEL.matcher(label).matches()) {
                throw malformed(serverName, null);
            }
        }
        //= rfc6066#3
        //# a client sends host names only, no IP addresses
        if (NUMBER.matcher(labels[labels.length - 1]).matches()) {
            throw new IllegalArgumentException("server name \"" + serverName
                    + "\" is an IP address, which no client sends; the identity without a name is for those");
        }
        if (isWildcard && labels.length < 2) {
            throw new IllegalArgumentException("server name \"" + serverName
                    + "\" covers a whole top-level domain, for which there are no certificates");
        }
        return isWildcard ? WILDCARD + name : name;
    }

    /** The wildcard that covers a name; one that nobody has set if nothing can. */
    static String wildcardOver(String name) {
        //= rfc9525#6.3
        //# a wildcard is the whole leftmost label and stands for exactly one label
        int firstDot = name.indexOf('.');
        return firstDot > 0 ? "*" + name.substring(firstDot) : "";
    }

    static String withoutRoot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static String ascii(String whole, String name) {
        try {
            return withoutRoot(IDN.toASCII(name).toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException refused) {
            throw malformed(whole, refused);
        }
    }

    private static IllegalArgumentException malformed(String name, @Nullable IllegalArgumentException cause) {
        return new IllegalArgumentException(
                "server name \"" + name + "\" is not a host name such as example.com or *.example.com", cause);
    }
}
