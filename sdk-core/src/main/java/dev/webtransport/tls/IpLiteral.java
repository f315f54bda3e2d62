package dev.webtransport.tls;

import org.jspecify.annotations.Nullable;

/**
 * IP addresses written as text, read without ever asking the name service (RFC 3986, section 3.2.2; RFC 4291, section
 * 2.2).
 */
final class IpLiteral {
    private static final int IPV6_GROUPS = 8;

    private IpLiteral() {}

    /**
     * The address of a literal.
     *
     * @param text such as {@code 127.0.0.1}, {@code ::1} or {@code [fe80::1%eth0]}; a zone is left out
     * @return 4 or 16 bytes, or null when the text is no address
     */
    static byte @Nullable [] parse(String text) {
        String bare = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        if (bare.indexOf(':') < 0) {
            return parseIpv4(bare);
        }
        int zone = bare.indexOf('%');
        return parseIpv6(zone < 0 ? bare : bare.substring(0, zone));
    }

    private static byte @Nullable [] parseIpv4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return null;
        }
        byte[] address = new byte[4];
        for (int i = 0; i < 4; i++) {
            int part = number(parts[i], 10, 3);
            if (part < 0 || part > 255) {
                return null;
            }
            address[i] = (byte) part;
        }
        return address;
    }

    private static byte @Nullable [] parseIpv6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] whole = groups(text);
            return whole != null && whole.length == 2 * IPV6_GROUPS ? whole : null;
        }
        String start = text.substring(0, gap);
        // An IPv4 address is allowed at the very end only.
        byte[] head = start.indexOf('.') < 0 ? groups(start) : null;
        byte[] tail = groups(text.substring(gap + 2));
        if (head == null || tail == null || head.length + tail.length > 2 * IPV6_GROUPS - 2) {
            return null;
        }
        byte[] address = new byte[2 * IPV6_GROUPS];
        System.arraycopy(head, 0, address, 0, head.length);
        System.arraycopy(tail, 0, address, address.length - tail.length, tail.length);
        return address;
    }

    /** Groups between colons, the last of which may be an IPv4 address; null when one is malformed. */
    private static byte @Nullable [] groups(String text) {
        if (text.isEmpty()) {
            return new byte[0];
        }
        String[] parts = text.split(":", -1);
        byte[] ipv4 = parts[parts.length - 1].indexOf('.') < 0 ? new byte[0] : parseIpv4(parts[parts.length - 1]);
        if (ipv4 == null || parts.length > IPV6_GROUPS) {
            return null;
        }
        int plain = ipv4.length == 0 ? parts.length : parts.length - 1;
        byte[] bytes = new byte[2 * plain + ipv4.length];
        for (int i = 0; i < plain; i++) {
            int group = number(parts[i], 16, 4);
            if (group < 0) {
                return null;
            }
            bytes[2 * i] = (byte) (group >> 8);
            bytes[2 * i + 1] = (byte) group;
        }
        System.arraycopy(ipv4, 0, bytes, 2 * plain, ipv4.length);
        return bytes;
    }

    /** An unsigned number of one to so many ASCII digits, or -1. */
    private static int number(String text, int radix, int maxDigits) {
        if (text.isEmpty() || text.length() > maxDigits) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * radix + digit;
        }
        return value;
    }
}
