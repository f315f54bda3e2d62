package dev.webtransport.config;

import dev.webtransport.value.Headers;
import java.util.Map;
import java.util.Set;

/**
 * Which fields an application may send with a session request. What is refused here would otherwise be refused, or
 * sent,
 * only once a connection stands.
 */
final class RequestFields {
    /**
     * Written by this SDK itself, or without place on a request for a session (RFC 9114, section 4.2; RFC 9297, section
     * 3.4).
     */
    private static final Set<String> RESERVED = Set.of(
            "origin",
            "host",
            "wt-available-protocols",
            "wt-protocol",
            "sec-webtransport-http3-draft02",
            "sec-webtransport-http3-draft",
            "content-length",
            "content-type",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "proxy-connection",
            "upgrade",
            "te");

    private RequestFields() {}

    static Headers check(Headers headers) {
        for (Map.Entry<String, String> field : headers.entries()) {
            if (RESERVED.contains(field.getKey())) {
                throw new IllegalArgumentException("header \"" + field.getKey()
                        + "\" is not the application's to set; use protocols(...) or origin(...) where they fit");
            }
            // RFC 9110, section 5.5: tab, space, visible ASCII and the upper half of ISO 8859-1.
            if (!field.getValue().chars().allMatch(c -> c == '\t' || c >= ' ' && c <= 0xff && c != 0x7f)) {
                throw new IllegalArgumentException("the value of header \"" + field.getKey()
                        + "\" holds a control character or one above U+00FF, which HTTP cannot carry; encode it");
            }
        }
        return headers;
    }

    static String checkOrigin(String origin) {
        if (origin.isEmpty() || !origin.chars().allMatch(c -> c > ' ' && c <= '~')) {
            throw new IllegalArgumentException(
                    "origin \"" + origin + "\" is empty or holds more than visible ASCII; write scheme://host:port");
        }
        return origin;
    }
}
