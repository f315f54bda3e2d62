package dev.webtransport.config;

import dev.webtransport.value.Headers;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a client asks for with a session (W3C WebTransport, {@code WebTransportOptions}). */
public final class SessionOptions {
    private static final int MAX_PROTOCOL_LENGTH = 512;
    private static final SessionOptions DEFAULTS = builder().build();

    private final Headers headers;
    private final List<String> protocols;
    private final @Nullable String origin;
    private final SessionStart start;

    private SessionOptions(Builder builder) {
        this.headers = builder.headers;
        this.protocols = builder.protocols;
        this.origin = builder.origin;
        this.start = builder.start;
    }

    /**
     * No fields, no subprotocols, no origin; waits for the answer.
     *
     * @return the options
     */
    public static SessionOptions defaults() {
        return DEFAULTS;
    }

    /**
     * A builder that starts with the defaults.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder that starts with these options.
     *
     * @return the builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * Fields sent with the request.
     *
     * @return the fields
     */
    public Headers headers() {
        return headers;
    }

    /**
     * The subprotocols offered, most wanted first.
     *
     * @return an immutable list
     */
    public List<String> protocols() {
        return protocols;
    }

    /**
     * The {@code Origin} sent with the request, if any.
     *
     * @return the origin
     */
    public Optional<String> origin() {
        return Optional.ofNullable(origin);
    }

    /**
     * When the session is handed out.
     *
     * @return when the session is handed out
     */
    public SessionStart start() {
        return start;
    }

    /** Collects options; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private Headers headers = Headers.EMPTY;
        private List<String> protocols = List.of();
        private @Nullable String origin;
        private SessionStart start = SessionStart.AFTER_ANSWER;

        private Builder() {}

        private Builder(SessionOptions from) {
            this.headers = from.headers;
            this.protocols = from.protocols;
            this.origin = from.origin;
            this.start = from.start;
        }

        /**
         * Fields sent with the request, such as a token. Default none.
         *
         * @param headers the fields
         * @return this
         * @throws IllegalArgumentException if one is a field that this SDK writes itself, or that HTTP/3 forbids
         */
        public Builder headers(Headers headers) {
            this.headers = RequestFields.check(headers);
            return this;
        }

        /**
         * Subprotocols to offer, most wanted first (draft-ietf-webtrans-http3-16, section 3.3). Default none.
         *
         * @param protocols each of 1 to 512 printable ASCII characters, none twice
         * @return this
         * @throws IllegalArgumentException if one is something else, or twice there
         */
        public Builder protocols(List<String> protocols) {
            Set<String> seen = new HashSet<>();
            for (String protocol : protocols) {
                boolean printable = protocol.chars().allMatch(c -> c >= 0x20 && c <= 0x7e);
                if (protocol.isEmpty() || protocol.length() > MAX_PROTOCOL_LENGTH || !printable) {
                    throw new IllegalArgumentException(
                            "protocol \"" + protocol + "\" is not 1 to 512 printable ASCII characters");
                }
                if (!seen.add(protocol)) {
                    throw new IllegalArgumentException("protocol \"" + protocol + "\" is offered twice");
                }
            }
            this.protocols = List.copyOf(protocols);
            return this;
        }

        /**
         * The {@code Origin} to send; browsers must, others need not. Default none.
         *
         * @param origin such as {@code https://example.com}, or null
         * @return this
         * @throws IllegalArgumentException if it is empty or holds more than visible ASCII
         */
        public Builder origin(@Nullable String origin) {
            this.origin = origin == null ? null : RequestFields.checkOrigin(origin);
            return this;
        }

        /**
         * When the session is handed out. Default {@code AFTER_ANSWER}: what is sent after that is never lost to a rejection.
         *
         * @param start the value
         * @return this
         */
        public Builder start(SessionStart start) {
            this.start = Objects.requireNonNull(start, "start");
            return this;
        }

        /**
         * The options.
         *
         * @return an immutable value
         */
        public SessionOptions build() {
            return new SessionOptions(this);
        }
    }
}
