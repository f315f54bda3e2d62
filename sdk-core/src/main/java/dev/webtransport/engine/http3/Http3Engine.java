package dev.webtransport.engine.http3;

import dev.webtransport.codec.HttpDatagram;
import dev.webtransport.codec.StreamPreamble;
import dev.webtransport.config.Http3Config;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.engine.EngineEvent;
import dev.webtransport.engine.SessionFlow;
import dev.webtransport.engine.SessionState;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/3 connection that carries WebTransport sessions, seen from one end (draft-ietf-webtrans-http3-16; RFC 9114).
 * Sans-IO: inputs and commands go in, then the driver takes outputs and events out until there are none, and asks when
 * to
 * come back. Nothing the peer does makes it throw. Not for several threads at once.
 */
public final class Http3Engine {
    private final Http3Connection connection;

    /**
     * An engine for one connection; {@link #start} comes next.
     *
     * @param perspective which end this is
     * @param config the drafts to speak and the bounds
     */
    public Http3Engine(Perspective perspective, Http3Config config) {
        this.connection = new Http3Connection(perspective, config);
    }

    /**
     * Begins: queues stream type and SETTINGS on our control stream. No QPACK streams are needed, for no dynamic table
     * is
     * used (RFC 9204, section 4.2).
     *
     * @param controlStreamId a unidirectional stream opened for it
     * @param peerDatagrams whether the peer takes QUIC datagrams
     * @param nowNanos the time, from any origin, as in every call
     * @throws IllegalStateException if it was started before
     */
    public void start(long controlStreamId, PeerDatagrams peerDatagrams, long nowNanos) {
        connection.setNow(nowNanos);
        connection.start(controlStreamId, peerDatagrams);
    }

    /**
     * Takes what QUIC tells. Never throws for the peer's doing; after the end of the connection it does nothing.
     *
     * @param input what happened
     * @param nowNanos the time
     */
    public void handleInput(QuicInput input, long nowNanos) {
        if (connection.isClosed()) {
            return;
        }
        connection.setNow(nowNanos);
        try {
            handle(input);
        } catch (ProtocolViolation violation) {
            connection.fail(violation);
        }
    }

    /**
     * Whose bytes a stream of the peer, or the incoming half of a request stream, carries; to be asked after each input
     * that concerns it.
     *
     * @param streamId the QUIC stream id
     * @return the role; REFUSED for streams that are over and forgotten
     */
    public StreamRole roleOf(long streamId) {
        return connection.isClosed() ? StreamRole.REFUSED : connection.streams.roleOf(streamId);
    }

    /**
     * Takes the passing of time.
     *
     * @param nowNanos the time
     */
    public void handleTimeout(long nowNanos) {
        if (!connection.isClosed()) {
            connection.setNow(nowNanos);
            connection.handleTimeout();
        }
    }

    /**
     * When {@link #handleTimeout} is due, on the clock of the caller.
     *
     * @return the time; Long.MAX_VALUE for never
     */
    public long pollTimeoutNanos() {
        return connection.nextTimeoutNanos();
    }

    /**
     * The next thing to ask of QUIC.
     *
     * @return the output, or null when there is none now
     */
    public @Nullable QuicOutput pollTransmit() {
        return connection.out.pollOutput();
    }

    /**
     * The next event.
     *
     * @return the event, or null when there is none now
     */
    public @Nullable EngineEvent pollEvent() {
        return connection.out.pollEvent();
    }

    /**
     * Client: whether {@link #connect} may be called now.
     *
     * @return READY, or what stands against it
     * @throws IllegalStateException on a server
     */
    public ConnectReadiness connectReadiness() {
        require(Perspective.CLIENT);
        return connection.sessions.readiness();
    }

    /**
     * Client: asks for a session. SessionEstablished or SessionRejected answers. Streams and datagrams may be sent at
     * once;
     * they are lost if the server refuses (draft-ietf-webtrans-http3-16, section 4).
     *
     * @param streamId a bidirectional stream freshly opened for it; it is the session's id
     * @param request what to ask for
     * @param nowNanos the time
     * @throws IllegalStateException on a server, or when {@link #connectReadiness} is not READY
     */
    public void connect(long streamId, SessionParameters request, long nowNanos) {
        require(Perspective.CLIENT);
        connection.setNow(nowNanos);
        connection.sessions.connect(streamId, request);
    }

    /**
     * Server: answers a request with 200; the session is established with that.
     *
     * @param sessionId the id from SessionRequested
     * @param protocol one of the protocols the client offered, or null for none
     * @param headers further fields of the answer
     * @param nowNanos the time
     * @return false if the request is gone
     * @throws IllegalStateException on a client, or if the request was answered before
     * @throws IllegalArgumentException if the client did not offer the protocol
     */
    public boolean accept(long sessionId, @Nullable String protocol, Headers headers, long nowNanos) {
        require(Perspective.SERVER);
        connection.setNow(nowNanos);
        Session session = connection.sessions.get(sessionId);
        if (session == null || isOver(session)) {
            return false;
        }
        session.accept(protocol, headers);
        return true;
    }

    /**
     * Server: answers a request with a status other than 2xx and no content, and ends its stream.
     *
     * @param sessionId the id from SessionRequested
     * @param status 300 to 599
     * @param headers further fields of the answer
     * @param nowNanos the time
     * @return false if the request is gone
     * @throws IllegalStateException on a client, or if the request was answered before
     */
    public boolean reject(long sessionId, int status, Headers headers, long nowNanos) {
        return reject(sessionId, status, headers, ByteBuffer.allocate(0), nowNanos);
    }

    /**
     * Server: answers a request with a status other than 2xx, and ends its stream.
     *
     * @param sessionId the id from SessionRequested
     * @param status 300 to 599
     * @param headers further fields of the answer
     * @param content the content of the answer; may be empty, and is with 304
     * @param nowNanos the time
     * @return false if the request is gone
     * @throws IllegalStateException on a client, or if the request was answered before
     */
    public boolean reject(long sessionId, int status, Headers headers, ByteBuffer content, long nowNanos) {
        require(Perspective.SERVER);
        connection.setNow(nowNanos);
        Session session = connection.sessions.get(sessionId);
        if (session == null || isOver(session)) {
            return false;
        }
        session.reject(status, headers, content);
        return true;
    }

    /**
     * Client: gives up a request that has no answer yet (H3_REQUEST_CANCELLED both ways). No event follows.
     *
     * @param sessionId the id of the request
     * @return false if the request is gone or was answered
     * @throws IllegalStateException on a server
     */
    public boolean cancelConnect(long sessionId) {
        require(Perspective.CLIENT);
        Session session = connection.sessions.get(sessionId);
        return session != null && session.cancel();
    }

    /**
     * Attaches a stream opened by this end to a session. On a bidirectional stream what the peer sends is all payload.
     *
     * @param sessionId the session, established or asked for
     * @param streamId the QUIC stream id
     * @param type which kind it is
     * @return the preamble, to be sent before anything else; null when there is no such session (any more)
     * @throws IllegalArgumentException if the id is not of that kind, or not of a stream of this end
     * @throws IllegalStateException if the stream is in use
     */
    public @Nullable ByteBuffer openStream(long sessionId, long streamId, StreamType type) {
        if (StreamId.type(streamId) != type || StreamId.initiator(streamId) != connection.perspective) {
            throw new IllegalArgumentException(
                    "stream " + streamId + " is not a " + type + " stream of a " + connection.perspective);
        }
        Session session = connection.sessions.get(sessionId);
        //= draft-ietf-webtrans-http3-16#4
        //# a client may open streams before the answer to its request
        if (session == null || !session.state().isOpen() && session.state() != SessionState.ASKED) {
            return null;
        }
        connection.streams.attachOpened(session, streamId);
        return type == StreamType.BIDIRECTIONAL
                ? StreamPreamble.bidirectional(sessionId)
                : StreamPreamble.unidirectional(sessionId);
    }

    /**
     * Our half of a session's stream is over: FIN or reset sent, or stopped by the peer. Both halves over, the stream
     * is
     * forgotten.
     *
     * @param streamId the QUIC stream id; unknown ones are ignored
     */
    public void sendEnded(long streamId) {
        connection.streams.sendEnded(streamId);
    }

    /**
     * The peer's half of a session's stream is over: its FIN or reset was seen, or STOP_SENDING sent.
     *
     * @param streamId the QUIC stream id; unknown ones are ignored
     */
    public void receiveEnded(long streamId) {
        connection.streams.receiveEnded(streamId);
    }

    /**
     * The credit of a session, for whoever moves its payload: each byte is counted there before it is sent and after it is
     * read, preambles excepted. Streams of the peer the engine counts itself; those that this end opens take their credit
     * from there before {@link #openStream}.
     *
     * @param sessionId the session
     * @return its accounts, to be kept; null without flow control, and when there is no such session
     */
    public @Nullable SessionFlow flow(long sessionId) {
        Session session = connection.sessions.get(sessionId);
        return session == null ? null : session.flow();
    }

    /**
     * Acts on what was counted in the {@link #flow} of a session: says new limits and that this end is blocked, and ends
     * the session if the peer sent more than it may. To be called when an account says that something is due.
     *
     * @param sessionId the session; unknown and closed ones are ignored
     */
    public void settleCredit(long sessionId) {
        Session session = connection.sessions.get(sessionId);
        if (session != null) {
            session.settleCredit();
        }
    }

    /**
     * Tells the peer that the session should end soon: WT_DRAIN_SESSION, once however often this is called
     * (draft-ietf-webtrans-http3-16, section 4.7).
     *
     * @param sessionId the session; unknown and closed ones are ignored
     */
    public void drain(long sessionId) {
        Session session = connection.sessions.get(sessionId);
        if (session != null) {
            session.drain();
        }
    }

    /**
     * Asks the peer to tell when no stream of the session is under way there any more: WT_DRAIN_SESSION, even if it was
     * sent before, which peers of this SDK answer with the same. PeerQuiet follows then; it never does with a peer that
     * does not know how, nor when the session ends first. A second call does nothing.
     *
     * @param sessionId the session; unknown and closed ones are ignored
     */
    public void askForQuiet(long sessionId) {
        Session session = connection.sessions.get(sessionId);
        if (session != null) {
            session.askForQuiet();
        }
    }

    /**
     * Ends an established session: WT_CLOSE_SESSION and FIN; then SessionClosed at once, and SessionEnded when the peer
     * has answered with FIN or {@link Http3Config#closeTimeout()} has passed, in which case the CONNECT stream is reset
     * (draft-ietf-webtrans-http3-16, section 6).
     *
     * @param sessionId the session; unknown and closed ones are ignored
     * @param info code and reason for the peer's application
     * @param nowNanos the time
     */
    public void close(long sessionId, CloseInfo info, long nowNanos) {
        connection.setNow(nowNanos);
        Session session = connection.sessions.get(sessionId);
        if (session != null) {
            session.close(info);
        }
    }

    /**
     * Announces that no new sessions are taken (server) or asked for (client): GOAWAY; sessions that live may go on. A
     * second call does nothing.
     */
    public void goAway() {
        if (!connection.isClosed()) {
            connection.goAway.send();
        }
    }

    /**
     * Says something that means nothing, so that neither the connection nor a NAT binding on the way times out: a frame
     * of
     * a reserved type on the control stream (RFC 9114, section 7.2.8). For transports that cannot send PING themselves.
     */
    public void keepAlive() {
        if (!connection.isClosed()) {
            connection.sayNothing();
        }
    }

    /**
     * Sessions that are asked for, established or closing.
     *
     * @return the number
     */
    public int sessionCount() {
        return connection.sessions.size();
    }

    /**
     * Whether the connection has ended for the engine: it asked QUIC to close.
     *
     * @return true after the end
     */
    public boolean isClosed() {
        return connection.isClosed();
    }

    /**
     * The draft that is spoken.
     *
     * @return the draft; empty before the peer's SETTINGS, or when none is shared
     */
    public Optional<WebTransportDraft> draft() {
        return connection.settings.draft();
    }

    private void handle(QuicInput input) throws ProtocolViolation {
        if (input instanceof QuicInput.StreamData data) {
            connection.streams.handleData(data.streamId(), data.data(), data.fin());
        } else if (input instanceof QuicInput.Datagram datagram) {
            HttpDatagram decoded = HttpDatagram.decode(datagram.payload());
            connection.streams.handleDatagram(decoded.sessionId(), decoded.payload());
        } else if (input instanceof QuicInput.StreamReset reset) {
            connection.streams.handleReset(reset.streamId(), reset.errorCode());
        } else if (input instanceof QuicInput.SendingStopped stopped) {
            if (connection.isControlStream(stopped.streamId())) {
                connection.handleControlStopped(stopped.errorCode());
            } else {
                connection.streams.handleStopSending(stopped.streamId(), stopped.errorCode());
            }
        }
    }

    private static boolean isOver(Session session) {
        return !session.state().isLive();
    }

    private void require(Perspective wanted) {
        if (connection.perspective != wanted) {
            throw new IllegalStateException("only a " + wanted + " does this, and this is a " + connection.perspective);
        }
    }

    /**
     * For leak checks: how many things are held that go with sessions and their streams, outputs and events that nobody has
     * taken included.
     *
     * @return the number; 0 when all sessions are over and everything was taken
     */
    public int heldCount() {
        return connection.streams.size() + connection.sessions.heldCount() + connection.out.size();
    }
}
