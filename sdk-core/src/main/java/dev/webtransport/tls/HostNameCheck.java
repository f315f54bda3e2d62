package dev.webtransport.tls;

import java.net.IDN;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Whether a certificate is for the server that was asked for (RFC 9525): DNS names and IP addresses among its subject
 * alternative names. The common name counts for nothing.
 */
public final class HostNameCheck {
    private static final int SAN_DNS_NAME = 2;
    private static final int SAN_IP_ADDRESS = 7;

    private HostNameCheck() {}

    /**
     * Refuses a certificate that is for somebody else.
     *
     * @param serverName the host name or IP literal that was asked for, of a DNS name with or without the dot of the root
     * @param leaf the server's own certificate
     * @throws CertificateException if none of its names matches; the message lists them
     */
    public static void check(String serverName, X509Certificate leaf) throws CertificateException {
        byte[] address = IpLiteral.parse(serverName);
        boolean matches = false;
        List<String> names = new ArrayList<>();
        for (List<?> name : alternativeNames(leaf)) {
            // Each entry is a type and a value; the value is text for the two types that matter here.
            if (!(name.get(0) instanceof Integer type) || !(name.get(1) instanceof String text)) {
                continue;
            }
            //= rfc9525#6.4
            //# an address matches an address of the same octets, and never a DNS name that looks like one
            if (type == SAN_IP_ADDRESS) {
                names.add(text);
                matches |= address != null && Arrays.equals(address, IpLiteral.parse(text));
            } else if (type == SAN_DNS_NAME) {
                names.add(text);
                matches |= address == null && matchesDnsName(toAscii(serverName), text);
            }
        }
        if (!matches) {
            throw new CertificateException("the certificate is not for \"" + serverName + "\": "
                    + (names.isEmpty()
                            ? "it holds no DNS name and no IP address among its subject alternative names"
                            : "its names are " + names));
        }
    }

    private static Collection<List<?>> alternativeNames(X509Certificate leaf) throws CertificateException {
        try {
            Collection<List<?>> names = leaf.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException malformed) {
            throw new CertificateException("the subject alternative names of the certificate are malformed", malformed);
        }
    }

    private static boolean matchesDnsName(String wanted, String presented) {
        String pattern = withoutRoot(presented.toLowerCase(Locale.ROOT));
        if (!pattern.startsWith("*.")) {
            return !pattern.isEmpty() && pattern.indexOf('*') < 0 && pattern.equals(wanted);
        }
        //= rfc9525#6.3
        //# a wildcard is the whole leftmost label and stands for exactly one label
        String parent = pattern.substring(1);
        int firstDot = wanted.indexOf('.');
        // "*.com" would be a certificate for a whole top-level domain: no authority may give that out.
        return firstDot > 0
                && parent.indexOf('*') < 0
                && parent.indexOf('.', 1) > 0
                && wanted.substring(firstDot).equals(parent);
    }

    private static String toAscii(String serverName) throws CertificateException {
        try {
            return withoutRoot(IDN.toASCII(serverName).toLowerCase(Locale.ROOT));
        } catch (IllegalArgumentException malformed) {
            throw new CertificateException("\"" + serverName + "\" is not a host name", malformed);
        }
    }

    private static String withoutRoot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
