package dev.webtransport.engine.http3;

import dev.webtransport.codec.Http3FrameWriter;
import dev.webtransport.codec.Http3Settings;
import dev.webtransport.codec.Http3StreamType;
import dev.webtransport.config.Http3Config;
import dev.webtransport.config.SessionCreditPolicy;
import dev.webtransport.config.SessionFlowControlConfig;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.engine.SessionFlow;
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
 * What both ends announce, and what follows from it (draft-ietf-webtrans-http3-16, sections 3.1, 5.1, 5.5 and 7.1).
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
                settings.put(offered.setting(), announced(offered));
            }
        }
        //= draft-ietf-webtrans-http3-16#5.5
        //# the initial limits of a session are settings; without them there is no flow control
        SessionFlowControlConfig flow = config.flowControl();
        if (flow.policy() != SessionCreditPolicy.OFF) {
            settings.put(Http3Settings.SETTINGS_WT_INITIAL_MAX_DATA, flow.initialMaxData());
            settings.put(Http3Settings.SETTINGS_WT_INITIAL_MAX_STREAMS_UNI, flow.initialMaxStreamsUnidirectional());
            settings.put(Http3Settings.SETTINGS_WT_INITIAL_MAX_STREAMS_BIDI, flow.initialMaxStreamsBidirectional());
        }
        settings.putAll(new TreeMap<>(config.additionalSettings()));
        return new WireWriter()
                .varInt(Http3StreamType.CONTROL)
                .bytes(Http3FrameWriter.settings(settings))
                .toByteBuffer();
    }

    /** For drafts 13 and 14 more than one session asks for flow control; drafts before them know none. */
    private long announced(WebTransportDraft offered) {
        return offered == WebTransportDraft.DRAFT_13 && config.flowControl().policy() != SessionCreditPolicy.OFF
                ? Sessions.MAX_SESSIONS
                : 1;
    }

    /** The accounts of a new session, or null where there is no flow control. */
    @Nullable
    SessionFlow newFlow(WebTransportDraft spoken) {
        return !flowControl(spoken)
                ? null
                : new SessionFlow(
                        config.flowControl(),
                        peerSettings().get(Http3Settings.SETTINGS_WT_INITIAL_MAX_DATA, 0),
                        peerSettings().get(Http3Settings.SETTINGS_WT_INITIAL_MAX_STREAMS_BIDI, 0),
                        peerSettings().get(Http3Settings.SETTINGS_WT_INITIAL_MAX_STREAMS_UNI, 0));
    }

    /** Whether sessions of a draft are under flow control with this peer. */
    boolean flowControl(WebTransportDraft spoken) {
        if (config.flowControl().policy() == SessionCreditPolicy.OFF) {
            return false;
        }
        //= draft-ietf-webtrans-http3-16#5.1
        //# there is flow control if both ends announce an initial limit above 0
        boolean limits = peerSettings().get(Http3Settings.SETTINGS_WT_INITIAL_MAX_DATA, 0) > 0
                || peerSettings().get(Http3Settings.SETTINGS_WT_INITIAL_MAX_STREAMS_UNI, 0) > 0
                || peerSettings().get(Http3Settings.SETTINGS_WT_INITIAL_MAX_STREAMS_BIDI, 0) > 0;
        return switch (spoken) {
            case DRAFT_02, DRAFT_07 -> false;
            // Draft 14; draft 13 looks the same, and goes by the number of sessions alone.
            case DRAFT_13 -> limits || peerSettings().get(WebTransportDraft.DRAFT_13.setting(), 0) > 1;
            case DRAFT_15 -> limits;
        };
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
