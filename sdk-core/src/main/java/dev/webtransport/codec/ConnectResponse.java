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
 * The answer to a request for a session (draft-ietf-webtrans-http3-16, sections 3.2 and 3.3; RFC 9114, section 4.3.2).
 * Immutable.
 */
public final class ConnectResponse {
    private static final String STATUS = ":status";
    private static final String WT_PROTOCOL = "wt-protocol";
    private static final String SEC_WEBTRANSPORT_HTTP3_DRAFT = "sec-webtransport-http3-draft";
    private static final String DRAFT02 = "draft02";
    private static final Set<String> OWN_FIELDS = Set.of(WT_PROTOCOL, SEC_WEBTRANSPORT_HTTP3_DRAFT);

    private final int status;
    private final Headers headers;
    private final @Nullable String protocol;
    private final boolean draft02;

    private ConnectResponse(Builder builder) {
        this.status = builder.status;
        this.headers = builder.headers;
        this.protocol = builder.protocol;
        this.draft02 = builder.draft02;
    }

    /**
     * A builder for a response.
     *
     * @param status 100 to 599, but neither 101, 204, 205 nor 206
     * @return the builder
     * @throws IllegalArgumentException if the status is not allowed
     */
    public static Builder builder(int status) {
        if (status < 100 || status > 599 || !isAllowed(status)) {
            throw new IllegalArgumentException("status " + status + " cannot answer a request for a session");
        }
        return new Builder(status);
    }

    /**
     * Reads a response.
     *
     * @param fields the decoded fields, in order
     * @return the response, interim or final
     * @throws ProtocolViolation H3_MESSAGE_ERROR at stream scope if the response is malformed
     */
    public static ConnectResponse parse(List<Map.Entry<String, String>> fields) throws ProtocolViolation {
        MessageFields message = MessageFields.parse(fields, Set.of(STATUS));
        Builder response = new Builder(status(message.pseudoField(STATUS)));
        response.headers = message.headersWithout(OWN_FIELDS);
        response.protocol = message.combined(WT_PROTOCOL)
                .flatMap(StructuredFields::parseString)
                .orElse(null);
        response.draft02 = message.combined(SEC_WEBTRANSPORT_HTTP3_DRAFT)
                .filter(DRAFT02::equals)
                .isPresent();
        if (response.status / 100 == 2) {
            message.refuseContentFields();
        }
        return response.build();
    }

    /**
     * The status code.
     *
     * @return 100 to 999
     */
    public int status() {
        return status;
    }

    /**
     * Whether another response will follow.
     *
     * @return true for 1xx
     */
    public boolean isInterim() {
        return status / 100 == 1;
    }

    /**
     * Whether the session is accepted.
     *
     * @return true for 2xx
     */
    public boolean isAccepted() {
        return status / 100 == 2;
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
     * The application protocol the server chose.
     *
     * @return empty when the field is absent or malformed
     */
    public Optional<String> protocol() {
        return Optional.ofNullable(protocol);
    }

    /**
     * Whether the server says that it speaks draft -02.
     *
     * @return true if so
     */
    public boolean isDraft02() {
        return draft02;
    }

    /**
     * The fields of the response in the order they are sent.
     *
     * @return names and values
     */
    public List<Map.Entry<String, String>> toFields() {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry(STATUS, Integer.toString(status)));
        if (protocol != null) {
            fields.add(Map.entry(WT_PROTOCOL, StructuredFields.serializeString(protocol)));
        }
        if (draft02) {
            fields.add(Map.entry(SEC_WEBTRANSPORT_HTTP3_DRAFT, DRAFT02));
        }
        fields.addAll(headers.entries());
        return Collections.unmodifiableList(fields);
    }

    @Override
    public String toString() {
        return "response " + status;
    }

    private static int status(@Nullable String text) throws ProtocolViolation {
        //= rfc9114#4.3.2
        //# a response without a status is malformed
        if (text == null) {
            throw MessageFields.malformed("RFC 9114, section 4.3.2", "\":status\" is missing");
        }
        if (text.length() != 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9') || text.startsWith("0")) {
            throw MessageFields.malformed("RFC 9110, section 15", "the status is not a number from 100 to 999");
        }
        int status = Integer.parseInt(text);
        if (!isAllowed(status)) {
            throw MessageFields.malformed("RFC 9297, section 3.2", "status " + status + " cannot accept a session");
        }
        return status;
    }

    private static boolean isAllowed(int status) {
        //= rfc9114#4.5
        //# there is no 101 in HTTP/3
        //= rfc9297#3.2
        //# a message that switches to capsules has none of the statuses 204, 205 and 206
        return status != 101 && (status < 204 || status > 206);
    }

    /** Collects the parts of a response; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private final int status;
        private Headers headers = Headers.EMPTY;
        private @Nullable String protocol;
        private boolean draft02;

        private Builder(int status) {
            this.status = status;
        }

        /**
         * Fields besides those that have a setter here. Default none.
         *
         * @param headers the fields
         * @return this
         * @throws IllegalArgumentException if one is not allowed on this response
         */
        public Builder headers(Headers headers) {
            OutgoingHeaders.check(headers, OWN_FIELDS);
            if (status / 100 == 2) {
                OutgoingHeaders.check(headers, MessageFields.CONTENT_FIELDS);
            }
            this.headers = headers;
            return this;
        }

        /**
         * The application protocol that was chosen. Default none.
         *
         * @param protocol one of those the client offered, printable ASCII
         * @return this
         * @throws IllegalArgumentException if it holds another character
         */
        public Builder protocol(String protocol) {
            StructuredFields.serializeString(protocol);
            this.protocol = protocol;
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
         * The response.
         *
         * @return an immutable value
         */
        public ConnectResponse build() {
            return new ConnectResponse(this);
        }
    }
}
