package dev.webtransport.engine.http3;

import dev.webtransport.codec.ConnectRequest;
import dev.webtransport.codec.FieldSection;
import dev.webtransport.codec.Http3FrameWriter;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.engine.SessionState;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a connection, and which of them may come to be (draft-ietf-webtrans-http3-16, sections 3.1, 3.2 and
 * 5.2).
 */
final class Sessions {
    /** How many a connection carries in any state, closing ones included, and whatever a draft allows. */
    static final int MAX_SESSIONS = 64;

    private final Http3Connection connection;
    private final Map<Long, Session> sessions = new LinkedHashMap<>();
    private long highestAsked = -1;

    Sessions(Http3Connection connection) {
        this.connection = connection;
    }

    @Nullable
    Session get(long sessionId) {
        return sessions.get(sessionId);
    }

    /** Whether a session that is not known here can still come. A client knows all it asked for. */
    boolean mayCome(long sessionId) {
        return connection.perspective == Perspective.SERVER && connection.streams.mayBecomeSession(sessionId);
    }

    /** Whether a session that cannot come any more is or was known. */
    boolean wasKnown(long sessionId) {
        return connection.perspective == Perspective.SERVER || sessionId <= highestAsked;
    }

    // Server.

    /** A request came; null when it was refused at once. */
    @Nullable
    Session handleRequest(long streamId, ConnectRequest request) {
        //= rfc9114#5.2
        //# requests behind the id of GOAWAY are not processed
        if (connection.goAway.refuses(streamId) || sessions.size() >= MAX_SESSIONS) {
            connection.out.reset(streamId, Http3ErrorCode.H3_REQUEST_REJECTED);
            connection.out.stopSending(streamId, Http3ErrorCode.H3_REQUEST_REJECTED);
            connection.streams.forgetRequest(streamId);
            return null;
        }
        Session session = new Session(connection, streamId, request, SessionState.HELD);
        sessions.put(streamId, session);
        connection.streams.holdEarlyArrivalsOf(streamId);
        //= draft-ietf-webtrans-http3-16#7.1
        //# a server processes no request before the SETTINGS of the client
        if (connection.settings.arrived()) {
            admit(session);
        }
        return sessions.get(streamId);
    }

    /** The SETTINGS of the peer are here: requests that waited for them go on, in order. */
    void handleSettings() {
        for (Session session : new ArrayList<>(sessions.values())) {
            if (session.state() == SessionState.HELD) {
                admit(session);
            }
        }
    }

    private void admit(Session session) {
        Optional<WebTransportDraft> draft = DraftNegotiation.ofRequest(
                session.request().protocolToken(), connection.config.drafts(), connection.settings.peerSettings());
        if (!draft.isPresent()) {
            //= rfc9220#3
            //# a :protocol that is not supported is answered with 501
            session.answer(501);
            return;
        }
        String missing = connection.settings.missingOfClient(draft.get());
        //= draft-ietf-webtrans-http3-16#3.1
        //# requests of a client whose settings are wrong are malformed
        if (missing != null) {
            session.abort(ProtocolViolation.stream(
                    Http3ErrorCode.H3_MESSAGE_ERROR, "draft-ietf-webtrans-http3-16, section 3.1", missing));
            return;
        }
        //= draft-ietf-webtrans-http3-16#5.2
        //# without flow control a second session at the same time is reset with H3_REQUEST_REJECTED
        if (admittedCount() >= limit(draft.get())) {
            session.abort(ProtocolViolation.stream(
                    Http3ErrorCode.H3_REQUEST_REJECTED,
                    "draft-ietf-webtrans-http3-16, section 5.2",
                    "as many sessions live as " + draft.get().label() + " allows at once"));
            return;
        }
        session.setDraft(draft.get());
        session.admit();
    }

    // Client.

    ConnectReadiness readiness() {
        if (connection.settings.arrived() && !connection.settings.requirementsMet()) {
            return ConnectReadiness.REQUIREMENTS_NOT_MET;
        }
        if (connection.isClosed()) {
            return ConnectReadiness.CLOSED;
        }
        //= draft-ietf-webtrans-http3-16#4.7
        //# after GOAWAY new sessions need a new connection
        if (connection.goAway.wasSent() || connection.goAway.wasReceived()) {
            return ConnectReadiness.GOING_AWAY;
        }
        //= draft-ietf-webtrans-http3-16#3.1
        //# a client waits for the SETTINGS of the server before it asks for a session
        Optional<WebTransportDraft> draft = connection.settings.draft();
        if (!draft.isPresent()) {
            return ConnectReadiness.WAITING_FOR_SETTINGS;
        }
        //= draft-ietf-webtrans-http3-16#5.2
        //# without flow control a client has one session at a time
        return admittedCount() >= limit(draft.get()) || sessions.size() >= MAX_SESSIONS
                ? ConnectReadiness.SESSION_LIMIT
                : ConnectReadiness.READY;
    }

    void connect(long streamId, SessionParameters parameters) {
        if (readiness() != ConnectReadiness.READY) {
            throw new IllegalStateException("no session can be asked for: " + readiness());
        }
        WebTransportDraft draft = connection.settings.draft().get();
        ConnectRequest.Builder builder = ConnectRequest.builder(parameters.authority(), parameters.path())
                .protocolToken(DraftNegotiation.token(draft))
                .headers(parameters.headers())
                .offeredProtocols(parameters.protocols());
        parameters.origin().ifPresent(builder::origin);
        if (draft == WebTransportDraft.DRAFT_02) {
            builder.draft02();
        }
        ConnectRequest request = builder.build();
        ByteBuffer headers = Http3FrameWriter.headers(FieldSection.encode(request.toFields()));
        Session session = new Session(connection, streamId, request, SessionState.ASKED);
        session.setDraft(draft);
        sessions.put(streamId, session);
        highestAsked = Math.max(highestAsked, streamId);
        connection.streams.receiveWith(streamId, new RequestStream(connection, session));
        connection.out.send(streamId, headers, Fin.NO);
    }

    // Both.

    /** How many sessions may live at once. */
    private int limit(WebTransportDraft draft) {
        boolean server = connection.perspective == Perspective.SERVER;
        return switch (draft) {
            case DRAFT_02 -> MAX_SESSIONS;
            // A server allows what it announces, which is 1.
            case DRAFT_07 -> server ? 1 : announcedByServer(draft);
            //= draft-ietf-webtrans-http3-16#5.1
            //# sessions share a connection only under flow control
            case DRAFT_13 ->
                !connection.settings.flowControl(draft) ? 1 : server ? MAX_SESSIONS : announcedByServer(draft);
            case DRAFT_15 -> connection.settings.flowControl(draft) ? MAX_SESSIONS : 1;
        };
    }

    private int announcedByServer(WebTransportDraft draft) {
        return (int) Math.min(MAX_SESSIONS, connection.settings.peerSettings().get(draft.setting(), 1));
    }

    private int admittedCount() {
        int count = 0;
        for (Session session : sessions.values()) {
            count += session.state().isLive() && session.state() != SessionState.HELD ? 1 : 0;
        }
        return count;
    }

    /** A stream of the peer ended before its session was known. */
    void handleLostStream(StreamType type) {
        for (Session session : sessions.values()) {
            session.handleLostStream(type);
        }
    }

    void drainAll() {
        for (Session session : sessions.values()) {
            session.drain();
        }
    }

    void handleGoAway(long id) {
        for (Session session : new ArrayList<>(sessions.values())) {
            if (connection.perspective == Perspective.CLIENT && session.state().isPending() && session.id() >= id) {
                //= rfc9114#5.2
                //# requests from the id of GOAWAY on were not processed
                session.handleRefusedByGoAway();
            } else {
                //= draft-ietf-webtrans-http3-16#4.7
                //# GOAWAY asks every session to come to an end
                session.handleDrain();
            }
        }
    }

    void handleTimeout() {
        for (Session session : new ArrayList<>(sessions.values())) {
            session.handleTimeout();
        }
    }

    long nextTimeoutNanos() {
        long next = Http3Connection.NEVER;
        for (Session session : sessions.values()) {
            next = Math.min(next, session.deadlineNanos());
        }
        return next;
    }

    void handleConnectionFailure(ProtocolViolation violation) {
        for (Session session : sessions.values()) {
            session.handleConnectionFailure(violation);
        }
    }

    void forget(Session session) {
        sessions.remove(session.id());
        connection.streams.forget(session.id());
    }

    void clear() {
        sessions.clear();
    }

    int size() {
        return sessions.size();
    }

    /** Sessions and what is attached to them. */
    int heldCount() {
        List<Session> all = new ArrayList<>(sessions.values());
        return all.size() + all.stream().mapToInt(Session::streamCount).sum();
    }
}
