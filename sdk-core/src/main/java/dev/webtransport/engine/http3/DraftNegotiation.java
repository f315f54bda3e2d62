package dev.webtransport.engine.http3;

import dev.webtransport.codec.ConnectRequest;
import dev.webtransport.codec.Http3Settings;
import dev.webtransport.config.WebTransportDraft;
import java.util.Optional;
import java.util.Set;

/**
 * Which draft a connection, and a request on it, speaks: the newest that both ends announced
 * (draft-ietf-webtrans-http3-16, section 7.1).
 */
final class DraftNegotiation {
    private DraftNegotiation() {}

    /** The token a client sends. */
    static String token(WebTransportDraft draft) {
        return draft == WebTransportDraft.DRAFT_15
                ? ConnectRequest.PROTOCOL_WEBTRANSPORT_H3
                : ConnectRequest.PROTOCOL_WEBTRANSPORT;
    }

    /** The newest draft that this end offers and the peer announced with a value above 0. */
    static Optional<WebTransportDraft> newest(Set<WebTransportDraft> offered, Http3Settings peer) {
        return newestUpTo(WebTransportDraft.DRAFT_15, offered, peer);
    }

    /** The draft of a connection at a server; empty when the client can have no session. */
    static Optional<WebTransportDraft> ofClient(Set<WebTransportDraft> offered, Http3Settings peer) {
        Optional<WebTransportDraft> announced = newest(offered, peer);
        if (announced.isPresent()) {
            return announced;
        }
        Optional<WebTransportDraft> old = unannounced(WebTransportDraft.DRAFT_07, offered, peer);
        return old.isPresent() ? old : unannounced(WebTransportDraft.DRAFT_15, offered, peer);
    }

    /** The draft of a request at a server; empty when the token means something this end does not speak. */
    static Optional<WebTransportDraft> ofRequest(String token, Set<WebTransportDraft> offered, Http3Settings peer) {
        if (token.equals(ConnectRequest.PROTOCOL_WEBTRANSPORT_H3)) {
            // The setting of the client is for drafts only: who announces nothing means the token alone.
            boolean meant = peer.get(WebTransportDraft.DRAFT_15.setting(), 0) > 0 || announcesNone(peer);
            return meant && offered.contains(WebTransportDraft.DRAFT_15)
                    ? Optional.of(WebTransportDraft.DRAFT_15)
                    : Optional.empty();
        }
        if (!token.equals(ConnectRequest.PROTOCOL_WEBTRANSPORT)) {
            return Optional.empty();
        }
        Optional<WebTransportDraft> announced = newestUpTo(WebTransportDraft.DRAFT_13, offered, peer);
        return announced.isPresent() ? announced : unannounced(WebTransportDraft.DRAFT_07, offered, peer);
    }

    private static Optional<WebTransportDraft> newestUpTo(
            WebTransportDraft limit, Set<WebTransportDraft> offered, Http3Settings peer) {
        WebTransportDraft[] drafts = WebTransportDraft.values();
        for (int i = limit.ordinal(); i >= 0; i--) {
            if (offered.contains(drafts[i]) && peer.get(drafts[i].setting(), 0) > 0) {
                return Optional.of(drafts[i]);
            }
        }
        return Optional.empty();
    }

    /**
     * Clients of drafts 09 to 12 announce HTTP datagrams only. Who announces a newer draft but uses the old token wants
     * the capsule protocol of draft-ietf-webtrans-http2 over HTTP/3 instead (draft-ietf-webtrans-http3-16, section
     * 2.1.2).
     */
    private static Optional<WebTransportDraft> unannounced(
            WebTransportDraft guess, Set<WebTransportDraft> offered, Http3Settings peer) {
        return announcesNone(peer) && offered.contains(guess) && peer.get(Http3Settings.SETTINGS_H3_DATAGRAM, 0) == 1
                ? Optional.of(guess)
                : Optional.empty();
    }

    private static boolean announcesNone(Http3Settings peer) {
        for (WebTransportDraft draft : WebTransportDraft.values()) {
            if (peer.get(draft.setting(), 0) > 0) {
                return false;
            }
        }
        return true;
    }
}
