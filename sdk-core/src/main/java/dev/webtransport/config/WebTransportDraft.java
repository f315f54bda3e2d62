package dev.webtransport.config;

import java.util.EnumSet;
import java.util.Set;

/**
 * The generations of WebTransport over HTTP/3 that can be told apart on the wire, oldest first, each by the setting
 * that
 * announces it (draft-ietf-webtrans-http3-16, section 7.1).
 */
public enum WebTransportDraft {
    /** draft-ietf-webtrans-http3-02 and -03: what Chromium and Firefox speak. */
    DRAFT_02("draft-02", 0x2b603742L),
    /** draft-ietf-webtrans-http3-07 to -12. */
    DRAFT_07("draft-07", 0xc671706aL),
    /** draft-ietf-webtrans-http3-13 and -14. */
    DRAFT_13("draft-13", 0x14e9cd29L),
    /** draft-ietf-webtrans-http3-15 and -16. */
    DRAFT_15("draft-15", 0x2c7cf000L);

    private final String label;
    private final long setting;

    WebTransportDraft(String label, long setting) {
        this.label = label;
        this.setting = setting;
    }

    /**
     * A short name for messages, such as {@code draft-02}.
     *
     * @return the name
     */
    public String label() {
        return label;
    }

    /**
     * The identifier of the setting that announces it.
     *
     * @return the identifier
     */
    public long setting() {
        return setting;
    }

    /**
     * Every generation.
     *
     * @return an immutable set
     */
    public static Set<WebTransportDraft> all() {
        return Set.copyOf(EnumSet.allOf(WebTransportDraft.class));
    }
}
