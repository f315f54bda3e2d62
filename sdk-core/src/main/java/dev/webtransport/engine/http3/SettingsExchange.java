package dev.webtransport.engine.http3;

import dev.webtransport.codec.Http3FrameWriter;
import dev.webtransport.codec.Http3Settings;
import dev.webtransport.codec.Http3StreamType;
import dev.webtransport.config.Http3Config;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.Perspective;
import dev.webtransport.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What both ends announce, and what follows from it (draft-ietf-webtrans-http3-16, sections 3.1 and 7.1). Session flow
 * control is not announced, and thereby off (section 5.1).
 */
final class SettingsExchange {
    private final Perspective perspective;
    private final Http3Config config;
    private PeerDatagrams peerDatagrams = PeerDatagrams.UNSUPPORTED;
    private @Nullable Http3Settings peer;
    private Optional<WebTransportDraft> draft = Optional.empty();
    private boolean requirementsMet;

    SettingsExchange(Perspective perspective, Http3Config config) {
        this.perspective = perspective;
        this.config = config;
    }

    /** What our control stream begins with. */
    ByteBuffer begin(PeerDatagrams datagramsOfPeer) {
        peerDatagrams = datagramsOfPeer;
        Map<Long, Long> settings = new LinkedHashMap<>();
        settings.put(Http3Settings.SETTINGS_QPACK_MAX_TABLE_CAPACITY, 0L);
        settings.put(Http3Settings.SETTINGS_QPACK_BLOCKED_STREAMS, 0L);
        //= draft-ietf-webtrans-http3-16#3.1
        //# a server announces extended CONNECT; both ends announce HTTP datagrams
        if (perspective == Perspective.SERVER) {
            settings.put(Http3Settings.SETTINGS_ENABLE_CONNECT_PROTOCOL, 1L);
        }
        settings.put(Http3Settings.SETTINGS_H3_DATAGRAM, 1L);
        //= draft-ietf-webtrans-http3-16#7.1
        //# both ends announce each draft they speak by its setting
        for (WebTransportDraft offered : WebTransportDraft.values()) {
            if (config.drafts().contains(offered)) {
                // For drafts that count sessions, more than 1 would ask for flow control.
                settings.put(offered.setting(), 1L);
            }
        }
        settings.putAll(new TreeMap<>(config.additionalSettings()));
        return new WireWriter()
                .varInt(Http3StreamType.CONTROL)
                .bytes(Http3FrameWriter.settings(settings))
                .toByteBuffer();
    }

    /**
     * Takes the peer's SETTINGS.
     *
     * @return what is missing for sessions, or null when nothing is
     */
    @Nullable
    String handlePeer(Http3Settings settings) throws ProtocolViolation {
        peer = settings;
        if (perspective == Perspective.SERVER) {
            draft = DraftNegotiation.ofClient(config.drafts(), settings);
            requirementsMet = draft.isPresent();
            return requirementsMet ? null : "the client announces no draft that is offered here";
        }
        long enabled = settings.get(Http3Settings.SETTINGS_WT_ENABLED, 0);
        //= draft-ietf-webtrans-http3-16#3.1
        //# a client treats a value of SETTINGS_WT_ENABLED above 1 as a connection error
        if (enabled > 1 && config.drafts().contains(WebTransportDraft.DRAFT_15)) {
            throw ProtocolViolation.connection(
                    Http3ErrorCode.H3_SETTINGS_ERROR,
                    "draft-ietf-webtrans-http3-16, section 3.1",
                    "SETTINGS_WT_ENABLED is " + enabled + "; 0 and 1 are allowed");
        }
        draft = DraftNegotiation.newest(config.drafts(), settings);
        //= draft-ietf-webtrans-http3-16#3.1
        //# a client makes no session when a setting or transport parameter of the server is missing
        List<String> missing = draft.map(chosen -> missingFor(chosen, settings)).orElseGet(this::noDraft);
        requirementsMet = missing.isEmpty();
        return requirementsMet ? null : "the server lacks " + String.join(" and ", missing) + "; it sent " + settings;
    }

    /** What a server's settings lack for a draft; of older drafts only what a session cannot do without. */
    private List<String> missingFor(WebTransportDraft chosen, Http3Settings settings) {
        List<String> missing = new ArrayList<>();
        if (chosen != WebTransportDraft.DRAFT_02
                && settings.get(Http3Settings.SETTINGS_ENABLE_CONNECT_PROTOCOL, 0) != 1) {
            missing.add("SETTINGS_ENABLE_CONNECT_PROTOCOL");
        }
        if (chosen == WebTransportDraft.DRAFT_15) {
            addMissingDatagrams(missing, settings);
        }
        return missing;
    }

    private void addMissingDatagrams(List<String> missing, Http3Settings settings) {
        if (settings.get(Http3Settings.SETTINGS_H3_DATAGRAM, 0) != 1) {
            missing.add("SETTINGS_H3_DATAGRAM");
        }
        if (peerDatagrams == PeerDatagrams.UNSUPPORTED) {
            missing.add("the transport parameter max_datagram_frame_size");
        }
    }

    private List<String> noDraft() {
        List<String> names = new ArrayList<>();
        for (WebTransportDraft offered : WebTransportDraft.values()) {
            if (config.drafts().contains(offered)) {
                names.add(offered.label() + " (0x" + Long.toHexString(offered.setting()) + ")");
            }
        }
        return List.of("a setting of " + String.join(" or ", names));
    }

    /** Server: what a client of this draft lacks for a session, or null when nothing. */
    @Nullable
    String missingOfClient(WebTransportDraft requested) {
        List<String> missing = new ArrayList<>();
        if (requested == WebTransportDraft.DRAFT_15) {
            addMissingDatagrams(missing, peerSettings());
        }
        return missing.isEmpty() ? null : "the client lacks " + String.join(" and ", missing);
    }

    boolean arrived() {
        return peer != null;
    }

    /** Whether sessions are possible with this peer. */
    boolean requirementsMet() {
        return requirementsMet;
    }

    Http3Settings peerSettings() {
        return peer == null ? Http3Settings.EMPTY : peer;
    }

    Optional<WebTransportDraft> draft() {
        return draft;
    }
}
