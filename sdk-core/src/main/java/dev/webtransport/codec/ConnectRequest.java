package dev.webtransport.codec;

import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.Headers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The request that asks for a session: an extended CONNECT (draft-ietf-webtrans-http3-16, sections 3.2 and 3.3; RFC
 * 9114,
 * section 4.3.1; RFC 9220). Immutable.
 */
public final class ConnectRequest implements IncomingRequest {
    /** The upgrade token from draft -15 on. */
    public static final String PROTOCOL_WEBTRANSPORT_H3 = "webtransport-h3";

    /** The upgrade token up to draft -14. */
    public static final String PROTOCOL_WEBTRANSPORT = "webtransport";

    static final String SCHEME = "https";
    static final String WT_AVAILABLE_PROTOCOLS = "wt-available-protocols";
    static final String SEC_WEBTRANSPORT_HTTP3_DRAFT02 = "sec-webtransport-http3-draft02";
    private static final String ORIGIN = "origin";
    private static final Set<String> OWN_FIELDS =
            Set.of(ORIGIN, WT_AVAILABLE_PROTOCOLS, SEC_WEBTRANSPORT_HTTP3_DRAFT02);
    private static final Set<String> PSEUDO_FIELDS = Set.of(":method", ":scheme", ":authority", ":path", ":protocol");
    private static final String TARGET = "RFC 9114, section 4.3.1";

    private final String authority;
    private final String path;
    private final String protocolToken;
    private final @Nullable String origin;
    private final Headers headers;
    private final List<String> offeredProtocols;
    private final boolean draft02;

    private ConnectRequest(Builder builder) {
        this.authority = builder.authority;
        this.path = builder.path;
        this.protocolToken = builder.protocolToken;
        this.origin = builder.origin;
        this.headers = builder.headers;
        this.offeredProtocols = builder.offeredProtocols;
        this.draft02 = builder.draft02;
    }

    /**
     * A builder for a request with the newest upgrade token.
     *
     * @param authority host and, if it is not 443, port
     * @param path path and query, beginning with a slash
     * @return the builder
     * @throws IllegalArgumentException if one of them cannot be sent
     */
    public static Builder builder(String authority, String path) {
        return new Builder(authority, path);
    }

    /**
     * Reads a request.
     *
     * @param fields the decoded fields, in order
     * @return the request for a session, or another well-formed one
     * @throws ProtocolViolation H3_MESSAGE_ERROR at stream scope if the request is malformed
     */
    public static IncomingRequest parse(List<Map.Entry<String, String>> fields) throws ProtocolViolation {
        MessageFields message = MessageFields.parse(fields, PSEUDO_FIELDS);
        String method = required(message, ":method");
        String protocol = message.pseudoField(":protocol");
        boolean connect = method.equals("CONNECT");
        //= rfc8441#4
        //# :protocol makes an extended CONNECT, and stands on no other method
        if (protocol != null && !connect) {
            throw MessageFields.malformed("RFC 8441, section 4", "\":protocol\" on a request with another method");
        }
        if (connect && protocol == null) {
            return plainConnect(message);
        }
        String scheme = required(message, ":scheme");
        String path = required(message, ":path");
        String authority = authority(message, scheme);
        if (!PROTOCOL_WEBTRANSPORT_H3.equals(protocol) && !PROTOCOL_WEBTRANSPORT.equals(protocol)) {
            return new IncomingRequest.Other(method, protocol, path, message.headersWithout(Set.of()));
        }
        //= draft-ietf-webtrans-http3-16#3.2
        //# the scheme is https, and authority and path are both there
        if (!scheme.equals(SCHEME)) {
            throw MessageFields.malformed(
                    "draft-ietf-webtrans-http3-16, section 3.2", "the scheme is \"" + scheme + "\", not https");
        }
        if (message.pseudoField(":authority") == null) {
            throw MessageFields.malformed("draft-ietf-webtrans-http3-16, section 3.2", "\":authority\" is missing");
        }
        if (!path.startsWith("/")) {
            throw MessageFields.malformed(TARGET, "the path does not begin with a slash");
        }
        message.refuseContentFields();
        Builder request = new Builder(authority, path).protocolToken(protocol);
        request.origin = message.single(ORIGIN).orElse(null);
        request.headers = message.headersWithout(OWN_FIELDS);
        //= draft-ietf-webtrans-http3-16#3.3
        //# a list with a member that is no String counts as absent as a whole
        request.offeredProtocols = message.combined(WT_AVAILABLE_PROTOCOLS)
                .flatMap(StructuredFields::parseStringList)
                .orElse(Collections.emptyList());
        request.draft02 = message.combined(SEC_WEBTRANSPORT_HTTP3_DRAFT02)
                .filter("1"::equals)
                .isPresent();
        return request.build();
    }

    /**
     * Host and port of the target.
     *
     * @return as on the wire
     */
    public String authority() {
        return authority;
    }

    /**
     * Path and query of the target.
     *
     * @return as on the wire, beginning with a slash
     */
    public String path() {
        return path;
    }

    /**
     * The scheme of the target.
     *
     * @return always {@code https}
     */
    public String scheme() {
        return SCHEME;
    }

    /**
     * The upgrade token.
     *
     * @return {@link #PROTOCOL_WEBTRANSPORT_H3} or {@link #PROTOCOL_WEBTRANSPORT}
     */
    public String protocolToken() {
        return protocolToken;
    }

    /**
     * The origin of the page that asks.
     *
     * @return as on the wire; browsers always send it
     */
    public Optional<String> origin() {
        return Optional.ofNullable(origin);
    }

    /**
     * The fields that have no accessor here.
     *
     * @return the fields
     */
    public Headers headers() {
        return headers;
    }

    /**
     * The application protocols the client would speak, the most wanted first.
     *
     * @return an unmodifiable list
     */
    public List<String> offeredProtocols() {
        return offeredProtocols;
    }

    /**
     * Whether the client says that it speaks draft -02.
     *
     * @return true if so
     */
    public boolean isDraft02() {
        return draft02;
    }

    /**
     * The fields of the request in the order they are sent.
     *
     * @return names and values
     */
    public List<Map.Entry<String, String>> toFields() {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry(":method", "CONNECT"));
        fields.add(Map.entry(":protocol", protocolToken));
        fields.add(Map.entry(":scheme", SCHEME));
        fields.add(Map.entry(":authority", authority));
        fields.add(Map.entry(":path", path));
        if (origin != null) {
            fields.add(Map.entry(ORIGIN, origin));
        }
        if (!offeredProtocols.isEmpty()) {
            fields.add(Map.entry(WT_AVAILABLE_PROTOCOLS, StructuredFields.serializeStringList(offeredProtocols)));
        }
        if (draft02) {
            fields.add(Map.entry(SEC_WEBTRANSPORT_HTTP3_DRAFT02, "1"));
        }
        fields.addAll(headers.entries());
        return Collections.unmodifiableList(fields);
    }

    @Override
    public String toString() {
        return "CONNECT " + protocolToken + " " + SCHEME + "://" + authority + path;
    }

    private static IncomingRequest plainConnect(MessageFields message) throws ProtocolViolation {
        //= rfc9114#4.4
        //# a CONNECT without :protocol has an authority, but neither scheme nor path
        if (message.pseudoField(":scheme") != null || message.pseudoField(":path") != null) {
            throw MessageFields.malformed("RFC 9114, section 4.4", "a plain CONNECT has \":scheme\" or \":path\"");
        }
        required(message, ":authority");
        return new IncomingRequest.Other("CONNECT", null, null, message.headersWithout(Set.of()));
    }

    private static String authority(MessageFields message, String scheme) throws ProtocolViolation {
        String authority = message.pseudoField(":authority");
        Optional<String> host = message.single("host");
        //= rfc9114#4.3.1
        //# with a scheme of the web there is an authority or a host, never empty; both say the same
        if (authority != null && host.isPresent() && !authority.equals(host.get())) {
            throw MessageFields.malformed(TARGET, "\":authority\" and \"host\" differ");
        }
        String target = authority != null ? authority : host.orElse("");
        if (target.isEmpty() && (scheme.equals("https") || scheme.equals("http"))) {
            throw MessageFields.malformed(TARGET, "neither \":authority\" nor \"host\" names a target");
        }
        //= rfc9114#4.3.1
        //# the authority holds no user information
        if (target.indexOf('@') >= 0) {
            throw MessageFields.malformed(TARGET, "\":authority\" holds user information");
        }
        return target;
    }

    private static String required(MessageFields message, String name) throws ProtocolViolation {
        String value = message.pseudoField(name);
        //= rfc9114#4.3.1
        //# a request without a pseudo-header field that it must have is malformed
        if (value == null) {
            throw MessageFields.malformed(TARGET, "\"" + name + "\" is missing");
        }
        return value;
    }

    /** Collects the parts of a request; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private final String authority;
        private final String path;
        private String protocolToken = PROTOCOL_WEBTRANSPORT_H3;
        private @Nullable String origin;
        private Headers headers = Headers.EMPTY;
        private List<String> offeredProtocols = Collections.emptyList();
        private boolean draft02;

        private Builder(String authority, String path) {
            if (!MessageFields.isVisible(authority) || authority.indexOf('@') >= 0) {
                throw new IllegalArgumentException("\"" + authority + "\" is not an authority");
            }
            if (!MessageFields.isVisible(path) || !path.startsWith("/")) {
                throw new IllegalArgumentException("\"" + path + "\" is not a path; it begins with a slash and holds"
                        + " visible ASCII only: encode the rest with percent signs");
            }
            this.authority = authority;
            this.path = path;
        }

        /**
         * The upgrade token. Default {@link #PROTOCOL_WEBTRANSPORT_H3}.
         *
         * @param token that or {@link #PROTOCOL_WEBTRANSPORT}
         * @return this
         * @throws IllegalArgumentException if it is neither
         */
        public Builder protocolToken(String token) {
            if (!token.equals(PROTOCOL_WEBTRANSPORT_H3) && !token.equals(PROTOCOL_WEBTRANSPORT)) {
                throw new IllegalArgumentException("\"" + token + "\" is not an upgrade token of WebTransport");
            }
            this.protocolToken = token;
            return this;
        }

        /**
         * The origin of the page that asks. Default none.
         *
         * @param origin a serialized origin (RFC 6454, section 6.2)
         * @return this
         * @throws IllegalArgumentException if it is empty or holds more than visible ASCII and spaces
         */
        public Builder origin(String origin) {
            if (!MessageFields.isVisible(origin.replace(' ', '_')) || !origin.equals(origin.trim())) {
                throw new IllegalArgumentException("\"" + origin + "\" is not an origin");
            }
            this.origin = origin;
            return this;
        }

        /**
         * Fields besides those that have a setter here. Default none.
         *
         * @param headers the fields
         * @return this
         * @throws IllegalArgumentException if one is not allowed on this request
         */
        public Builder headers(Headers headers) {
            OutgoingHeaders.check(headers, OWN_FIELDS);
            OutgoingHeaders.check(headers, MessageFields.CONTENT_FIELDS);
            this.headers = headers;
            return this;
        }

        /**
         * The application protocols to offer, the most wanted first. Default none.
         *
         * @param protocols printable ASCII each
         * @return this
         * @throws IllegalArgumentException if one holds another character
         */
        public Builder offeredProtocols(List<String> protocols) {
            protocols.forEach(StructuredFields::serializeString);
            this.offeredProtocols = Collections.unmodifiableList(new ArrayList<>(protocols));
            return this;
        }

        /**
         * Says that this end speaks draft -02.
         *
         * @return this
         */
        public Builder draft02() {
            this.draft02 = true;
            return this;
        }

        /**
         * The request.
         *
         * @return an immutable value
         */
        public ConnectRequest build() {
            return new ConnectRequest(this);
        }
    }
}
