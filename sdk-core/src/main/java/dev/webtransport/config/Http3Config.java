package dev.webtransport.config;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** How HTTP/3 and WebTransport over it behave: which drafts are spoken, and the bounds that protect against a peer. */
public final class Http3Config {
    private final Set<WebTransportDraft> drafts;
    private final Map<Long, Long> additionalSettings;
    private final int maxFieldSectionSize;
    private final int maxCapsuleSize;
    private final int maxEarlyStreams;
    private final int maxEarlyDatagrams;
    private final Duration settingsTimeout;
    private final Duration closeTimeout;
    private final int eventsKept;
    private final SessionFlowControlConfig flowControl;

    private Http3Config(Builder builder) {
        this.drafts = builder.drafts;
        this.additionalSettings = builder.additionalSettings;
        this.maxFieldSectionSize = builder.maxFieldSectionSize;
        this.maxCapsuleSize = builder.maxCapsuleSize;
        this.maxEarlyStreams = builder.maxEarlyStreams;
        this.maxEarlyDatagrams = builder.maxEarlyDatagrams;
        this.settingsTimeout = builder.settingsTimeout;
        this.closeTimeout = builder.closeTimeout;
        this.eventsKept = builder.eventsKept;
        this.flowControl = builder.flowControl;
    }

    /**
     * Every default.
     *
     * @return the settings
     */
    public static Http3Config defaults() {
        return builder().build();
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
     * A builder that starts with these settings.
     *
     * @return the builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * The drafts that are offered.
     *
     * @return the drafts that are offered
     */
    public Set<WebTransportDraft> drafts() {
        return drafts;
    }

    /**
     * Settings sent besides those of the drafts.
     *
     * @return settings sent besides those of the drafts
     */
    public Map<Long, Long> additionalSettings() {
        return additionalSettings;
    }

    /**
     * The largest header section accepted.
     *
     * @return the largest header section accepted
     */
    public int maxFieldSectionSize() {
        return maxFieldSectionSize;
    }

    /**
     * The largest capsule held in memory.
     *
     * @return the largest capsule held in memory
     */
    public int maxCapsuleSize() {
        return maxCapsuleSize;
    }

    /**
     * How many streams may wait for a session that is not there yet.
     *
     * @return how many streams may wait for a session that is not there yet
     */
    public int maxEarlyStreams() {
        return maxEarlyStreams;
    }

    /**
     * How many datagrams may wait for a session that is not there yet.
     *
     * @return how many datagrams may wait for a session that is not there yet
     */
    public int maxEarlyDatagrams() {
        return maxEarlyDatagrams;
    }

    /**
     * How long to wait for the SETTINGS of the peer.
     *
     * @return how long to wait for the SETTINGS of the peer
     */
    public Duration settingsTimeout() {
        return settingsTimeout;
    }

    /**
     * How long a closed session waits for the peer to close too.
     *
     * @return how long a closed session waits for the peer to close too
     */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /**
     * How many events of a session are kept.
     *
     * @return how many events of a session are kept
     */
    public int eventsKept() {
        return eventsKept;
    }

    /**
     * The flow control of sessions.
     *
     * @return the flow control of sessions
     */
    public SessionFlowControlConfig flowControl() {
        return flowControl;
    }

    private static Set<WebTransportDraft> checkDrafts(Set<WebTransportDraft> drafts) {
        if (drafts.isEmpty()) {
            throw new IllegalArgumentException("drafts is empty; name at least one");
        }
        return Set.copyOf(drafts);
    }

    private static Map<Long, Long> checkSettings(Map<Long, Long> settings) {
        Set<Long> taken = new HashSet<>(Set.of(0x00L, 0x01L, 0x02L, 0x03L, 0x04L, 0x05L, 0x06L, 0x07L, 0x08L, 0x33L));
        taken.addAll(Set.of(0x2b61L, 0x2b64L, 0x2b65L));
        for (WebTransportDraft draft : WebTransportDraft.values()) {
            taken.add(draft.setting());
        }
        settings.forEach((identifier, value) -> {
            if (taken.contains(identifier)) {
                throw new IllegalArgumentException("additionalSettings: 0x" + Long.toHexString(identifier)
                        + " is not free: HTTP/3 or WebTransport gives it a meaning already");
            }
            Check.range("additionalSettings: identifier", identifier, 0, (1L << 62) - 1);
            Check.range("additionalSettings: value", value, 0, (1L << 62) - 1);
        });
        return Map.copyOf(settings);
    }

    /** Collects settings; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private Set<WebTransportDraft> drafts = WebTransportDraft.all();
        private Map<Long, Long> additionalSettings = Map.of();
        private int maxFieldSectionSize = 64 << 10;
        private int maxCapsuleSize = 64 << 10;
        private int maxEarlyStreams = 32;
        private int maxEarlyDatagrams = 32;
        private Duration settingsTimeout = Duration.ofSeconds(5);
        private Duration closeTimeout = Duration.ofSeconds(1);
        private int eventsKept = 64;
        private SessionFlowControlConfig flowControl = SessionFlowControlConfig.off();

        private Builder() {}

        private Builder(Http3Config from) {
            this.drafts = from.drafts;
            this.additionalSettings = from.additionalSettings;
            this.maxFieldSectionSize = from.maxFieldSectionSize;
            this.maxCapsuleSize = from.maxCapsuleSize;
            this.maxEarlyStreams = from.maxEarlyStreams;
            this.maxEarlyDatagrams = from.maxEarlyDatagrams;
            this.settingsTimeout = from.settingsTimeout;
            this.closeTimeout = from.closeTimeout;
            this.eventsKept = from.eventsKept;
            this.flowControl = from.flowControl;
        }

        /**
         * The drafts that are offered, at least one. Default all; the newest that both ends know is used
         * (draft-ietf-webtrans-http3-16, section 7.1).
         *
         * @param drafts the value
         * @return this
         * @throws IllegalArgumentException if empty
         */
        public Builder drafts(Set<WebTransportDraft> drafts) {
            this.drafts = checkDrafts(drafts);
            return this;
        }

        /**
         * Settings sent besides those of the drafts, by identifier, for peers that want something of their own. Default
         * none. Not allowed: identifiers that HTTP/3 reserves, those the drafts set already, and those that
         * {@link #flowControl} sets.
         *
         * @param additionalSettings the value
         * @return this
         * @throws IllegalArgumentException if an identifier is one this SDK sends or refuses by itself, or a number
         *     needs more than 62 bits
         */
        public Builder additionalSettings(Map<Long, Long> additionalSettings) {
            this.additionalSettings = checkSettings(additionalSettings);
            return this;
        }

        /**
         * The largest header section accepted, in bytes encoded; a larger one ends the connection with
         * H3_EXCESSIVE_LOAD. Default 64 KiB, held once per request that is being read.
         *
         * @param maxFieldSectionSize the value
         * @return this
         * @throws IllegalArgumentException if outside 1024 to 16 << 20
         */
        public Builder maxFieldSectionSize(int maxFieldSectionSize) {
            this.maxFieldSectionSize = (int) Check.range("maxFieldSectionSize", maxFieldSectionSize, 1024, 16 << 20);
            return this;
        }

        /**
         * The largest value of a capsule of a known type, in bytes; a larger one ends the session. Capsules of unknown
         * types are skipped whatever their size. Default 64 KiB per session.
         *
         * @param maxCapsuleSize the value
         * @return this
         * @throws IllegalArgumentException if outside 2048 to 16 << 20
         */
        public Builder maxCapsuleSize(int maxCapsuleSize) {
            this.maxCapsuleSize = (int) Check.range("maxCapsuleSize", maxCapsuleSize, 2048, 16 << 20);
            return this;
        }

        /**
         * How many streams may wait for a session that is not there yet, per connection; more are refused with
         * WT_BUFFERED_STREAM_REJECTED (draft-ietf-webtrans-http3-16, section 4.6). Default 32. Their bytes stay in
         * QUIC, within its windows.
         *
         * @param maxEarlyStreams the value
         * @return this
         * @throws IllegalArgumentException if outside 0 to 1 << 16
         */
        public Builder maxEarlyStreams(int maxEarlyStreams) {
            this.maxEarlyStreams = (int) Check.range("maxEarlyStreams", maxEarlyStreams, 0, 1 << 16);
            return this;
        }

        /**
         * How many datagrams may wait for a session that is not there yet, per connection; more are dropped. Default
         * 32: about 40 kB.
         *
         * @param maxEarlyDatagrams the value
         * @return this
         * @throws IllegalArgumentException if outside 0 to 1 << 16
         */
        public Builder maxEarlyDatagrams(int maxEarlyDatagrams) {
            this.maxEarlyDatagrams = (int) Check.range("maxEarlyDatagrams", maxEarlyDatagrams, 0, 1 << 16);
            return this;
        }

        /**
         * How long to wait for the SETTINGS of the peer, 1 ms to 1 h, once the connection stands; requests wait for
         * them, and so do early streams and datagrams for their session. Default 5 s.
         *
         * @param settingsTimeout the value
         * @return this
         * @throws IllegalArgumentException if outside the bounds named above
         */
        public Builder settingsTimeout(Duration settingsTimeout) {
            this.settingsTimeout =
                    Check.duration("settingsTimeout", settingsTimeout, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /**
         * How long a closed session waits for the peer to end the CONNECT stream too, 1 ms to 1 h, before it is reset;
         * sooner, the close code could be lost (draft-ietf-webtrans-http3-16, section 6). Default 1 s.
         *
         * @param closeTimeout the value
         * @return this
         * @throws IllegalArgumentException if outside the bounds named above
         */
        public Builder closeTimeout(Duration closeTimeout) {
            this.closeTimeout = Check.duration("closeTimeout", closeTimeout, Duration.ofMillis(1), Duration.ofHours(1));
            return this;
        }

        /**
         * How many of its latest events a session keeps for collectors that are late or slow
         * ({@code WebTransportSession.events}); older ones are given up, and the collector is told how many. Default 64:
         * at most 4 kB per session, whoever collects.
         *
         * @param eventsKept the value
         * @return this
         * @throws IllegalArgumentException if outside 1 to 1 << 16
         */
        public Builder eventsKept(int eventsKept) {
            this.eventsKept = (int) Check.range("eventsKept", eventsKept, 1, 1 << 16);
            return this;
        }

        /**
         * The flow control of sessions, which several sessions on one connection need from draft-13 on
         * (draft-ietf-webtrans-http3-16, section 5). It comes about only with a peer that wants it too. Default off: QUIC's
         * own limits hold, and a connection carries one session at a time.
         *
         * @param flowControl the value
         * @return this
         */
        public Builder flowControl(SessionFlowControlConfig flowControl) {
            this.flowControl = Objects.requireNonNull(flowControl, "flowControl");
            return this;
        }

        /**
         * The settings.
         *
         * @return an immutable value
         */
        public Http3Config build() {
            return new Http3Config(this);
        }
    }
}
