package dev.webtransport.testkit.certificate;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** A name that a certificate is valid for: a DNS name or an IP address (RFC 5280, section 4.2.1.6). */
final class HostName {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;
    private static final Pattern DOTTED = Pattern.compile("[0-9]+(\\.[0-9]+){3}");
    private static final Pattern LABELS = Pattern.compile(
            "(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*");

    private final String text;
    private final byte[] subjectAlternativeName;

    private HostName(String text, byte[] subjectAlternativeName) {
        this.text = text;
        this.subjectAlternativeName = subjectAlternativeName;
    }

    /**
     * Reads a name as people write it.
     *
     * @param name a DNS name, an IPv4 address, or an IPv6 address with or without brackets
     * @return the name
     * @throws IllegalArgumentException if it is none of these
     */
    static HostName parse(String name) {
        String bare = name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
        if (bare.indexOf(':') >= 0 || DOTTED.matcher(bare).matches()) {
            return new HostName(bare, Der.implicit(IP_ADDRESS, address(bare)));
        }
        String ascii = ascii(bare);
        if (!LABELS.matcher(ascii).matches()) {
            throw new IllegalArgumentException("\"" + name + "\" is neither a host name nor an IP address");
        }
        return new HostName(ascii, Der.implicit(DNS_NAME, ascii.getBytes(StandardCharsets.US_ASCII)));
    }

    String text() {
        return text;
    }

    byte[] subjectAlternativeName() {
        return subjectAlternativeName.clone();
    }

    private static String ascii(String name) {
        try {
            return IDN.toASCII(name);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is not a host name: " + malformed.getMessage(), malformed);
        }
    }

    private static byte[] address(String literal) {
        try {
            // Text of digits and dots, or with a colon, is never looked up.
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException malformed) {
            throw new IllegalArgumentException("\"" + literal + "\" is not an IP address", malformed);
        }
    }
}
