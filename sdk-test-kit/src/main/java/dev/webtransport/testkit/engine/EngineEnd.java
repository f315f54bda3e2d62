package dev.webtransport.testkit.engine;

import dev.webtransport.codec.HttpDatagram;
import dev.webtransport.config.Http3Config;
import dev.webtransport.engine.EngineEvent;
import dev.webtransport.engine.SessionFlow;
import dev.webtransport.engine.http3.ConnectReadiness;
import dev.webtransport.engine.http3.Http3Engine;
import dev.webtransport.engine.http3.PeerDatagrams;
import dev.webtransport.engine.http3.SessionParameters;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.flow.SendCredit;
import dev.webtransport.testkit.quic.EndpointStream;
import dev.webtransport.testkit.quic.QuicEndpoint;
import dev.webtransport.transport.QuicCloseReason;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.DatagramStatus;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One end of a pair: commands as an application gives them, and what the engine told so far. A command is done at this end
 * when it returns; what it means for the peer travels with the next step of the pair. Sessions, streams and events are kept
 * for the life of the pair, so that a test can ask for all of them at its end.
 */
public final class EngineEnd {
    private final EnginePair pair;
    private final QuicEndpoint quic;
    private final Http3Engine engine;
    private final EngineCarrier carrier;
    private final Tampering tampering;
    private final List<EngineEvent> events = new ArrayList<>();
    private final Map<Long, EngineSession> sessions = new LinkedHashMap<>();
    private final Map<Long, EngineStream> streams = new LinkedHashMap<>();
    private boolean closeSeen;

    EngineEnd(EnginePair pair, QuicEndpoint quic, Http3Config config, Tampering tampering) {
        this.pair = pair;
        this.quic = quic;
        this.engine = new Http3Engine(quic.perspective(), config);
        this.tampering = tampering;
        this.carrier = new EngineCarrier(this, pair, quic, engine);
    }

    void start() {
        EndpointStream control = quic.openStream(StreamType.UNIDIRECTIONAL);
        if (control == null) {
            throw new IllegalStateException("no credit for a control stream");
        }
        carrier.carry(CarriedStream.ofEngine(control, quic.perspective()));
        engine.start(control.id(), PeerDatagrams.SUPPORTED, pair.nowNanos());
        settle();
    }

    // ---- commands for sessions

    /**
     * Client: asks for a session.
     *
     * @param path what is asked for, beginning with a slash
     * @return the session's id; -1 where the engine is not ready ({@link Http3Engine#connectReadiness}) or QUIC has no
     *     credit for a stream
     * @throws IllegalStateException on a server
     */
    public long connect(String path) {
        return connect(new SessionParameters("example.com", path, Optional.empty(), Headers.EMPTY, List.of()));
    }

    /**
     * Client: asks for a session.
     *
     * @param parameters what to ask for
     * @return the session's id; -1 where the engine is not ready ({@link Http3Engine#connectReadiness}) or QUIC has no
     *     credit for a stream
     * @throws IllegalStateException on a server
     */
    public long connect(SessionParameters parameters) {
        if (engine.connectReadiness() != ConnectReadiness.READY || quic.isClosed()) {
            return -1;
        }
        EndpointStream stream = quic.openStream(StreamType.BIDIRECTIONAL);
        if (stream == null) {
            return -1;
        }
        carrier.carry(CarriedStream.ofEngine(stream, quic.perspective()));
        addSession(stream.id(), EngineSession.State.ASKED);
        engine.connect(stream.id(), parameters, pair.nowNanos());
        settle();
        return stream.id();
    }

    /**
     * Client: gives up a request that has no answer.
     *
     * @param sessionId the session
     * @return false if there is no such request, or an answer came
     * @throws IllegalStateException on a server
     */
    public boolean cancel(long sessionId) {
        boolean cancelled = !quic.isClosed() && engine.cancelConnect(sessionId);
        if (cancelled) {
            sessions.get(sessionId).handleRefused();
        }
        settle();
        return cancelled;
    }

    /**
     * Server: answers a request with 200.
     *
     * @param sessionId the session
     * @return false if there is no such request (any more)
     */
    public boolean accept(long sessionId) {
        if (!is(sessionId, EngineSession.State.REQUESTED)
                || !engine.accept(sessionId, null, Headers.EMPTY, pair.nowNanos())) {
            return false;
        }
        sessions.get(sessionId).handleEstablished();
        settle();
        return true;
    }

    /**
     * Server: answers a request with a status.
     *
     * @param sessionId the session
     * @param status 300 to 599
     * @return false if there is no such request (any more)
     */
    public boolean reject(long sessionId, int status) {
        if (!is(sessionId, EngineSession.State.REQUESTED)
                || !engine.reject(sessionId, status, Headers.EMPTY, pair.nowNanos())) {
            return false;
        }
        sessions.get(sessionId).handleRefused();
        settle();
        return true;
    }

    /**
     * Tells the peer that the session should end soon: WT_DRAIN_SESSION.
     *
     * @param sessionId the session
     * @return false if it is not open
     */
    public boolean drain(long sessionId) {
        if (!is(sessionId, EngineSession.State.OPEN)) {
            return false;
        }
        engine.drain(sessionId);
        settle();
        return true;
    }

    /**
     * Ends a session: WT_CLOSE_SESSION.
     *
     * @param sessionId the session
     * @param info code and reason
     * @return false if it is not open
     */
    public boolean close(long sessionId, CloseInfo info) {
        if (!is(sessionId, EngineSession.State.OPEN)) {
            return false;
        }
        engine.close(sessionId, info, pair.nowNanos());
        settle();
        return true;
    }

    /** Announces that there will be no more sessions: GOAWAY. */
    public void goAway() {
        if (!quic.isClosed()) {
            engine.goAway();
            settle();
        }
    }

    /**
     * Closes the connection with H3_NO_ERROR.
     *
     * @param reason for the peer's log
     */
    public void closeConnection(String reason) {
        quic.close(Http3ErrorCode.H3_NO_ERROR, reason);
        settle();
    }

    // ---- commands for streams and datagrams

    /**
     * Opens a stream. The peer learns of it with the first byte or FIN.
     *
     * @param sessionId the session, open or asked for
     * @param type which kind
     * @return the stream, or null where the session does not take one, or there is no credit, of QUIC or of the session; where
     *     it is the session's, the peer is told
     */
    public @Nullable EngineStream openStream(long sessionId, StreamType type) {
        if (!is(sessionId, EngineSession.State.OPEN) && !is(sessionId, EngineSession.State.ASKED)) {
            return null;
        }
        SessionFlow flow = engine.flow(sessionId);
        if (flow != null && flow.streams(type).toOpen().take(1) == 0) {
            sayBlocked(sessionId, flow.streams(type).toOpen());
            return null;
        }
        EndpointStream opened = quic.openStream(type);
        if (opened == null) {
            if (flow != null) {
                flow.streams(type).toOpen().giveBack(1);
            }
            return null;
        }
        ByteBuffer preamble = engine.openStream(sessionId, opened.id(), type);
        if (preamble == null) {
            throw new IllegalStateException("the engine has no " + sessions.get(sessionId));
        }
        EngineStream stream = EngineStream.opened(this, opened, sessionId, preamble);
        carrier.carry(CarriedStream.ofSession(opened, quic.perspective(), stream));
        streams.put(stream.id(), stream);
        settle();
        return stream;
    }

    /** Tells the peer, once for each limit, that more credit is wanted. */
    void sayBlocked(long sessionId, SendCredit credit) {
        if (credit.block()) {
            engine.settleCredit(sessionId);
            settle();
        }
    }

    /**
     * Queues a datagram.
     *
     * @param sessionId the session, open or asked for
     * @param payload all of it is taken, whatever the answer
     * @return what became of it; BLOCKED also where the session does not take one
     */
    public DatagramStatus sendDatagram(long sessionId, ByteBuffer payload) {
        if (!is(sessionId, EngineSession.State.OPEN) && !is(sessionId, EngineSession.State.ASKED)) {
            return DatagramStatus.BLOCKED;
        }
        return quic.sendDatagram(HttpDatagram.encode(sessionId, payload));
    }

    /**
     * The next datagram of a session.
     *
     * @param sessionId the session
     * @return the payload, or null when none waits
     */
    public @Nullable ByteBuffer receiveDatagram(long sessionId) {
        EngineSession session = sessions.get(sessionId);
        return session == null ? null : session.pollDatagram();
    }

    // ---- what was told

    /**
     * Which end this is.
     *
     * @return the perspective
     */
    public Perspective perspective() {
        return quic.perspective();
    }

    /**
     * What the engine has told so far, oldest first.
     *
     * @return a view
     */
    public List<EngineEvent> events() {
        return Collections.unmodifiableList(events);
    }

    /**
     * All sessions so far, oldest first.
     *
     * @return a copy
     */
    public List<EngineSession> sessions() {
        return new ArrayList<>(sessions.values());
    }

    /**
     * A session.
     *
     * @param sessionId its id
     * @return the session, or null
     */
    public @Nullable EngineSession session(long sessionId) {
        return sessions.get(sessionId);
    }

    /**
     * All streams of sessions so far, those of the peer from the moment in which their session has them, oldest first.
     *
     * @return a copy
     */
    public List<EngineStream> streams() {
        return new ArrayList<>(streams.values());
    }

    /**
     * A stream of a session.
     *
     * @param streamId its id
     * @return the stream, or null
     */
    public @Nullable EngineStream stream(long streamId) {
        return streams.get(streamId);
    }

    /**
     * The engine itself, for questions; what changes it goes through this end.
     *
     * @return the engine
     */
    public Http3Engine engine() {
        return engine;
    }

    /**
     * The QUIC below it, for questions.
     *
     * @return the endpoint
     */
    public QuicEndpoint quic() {
        return quic;
    }

    /**
     * How the connection ended.
     *
     * @return the reason; null while it lives
     */
    public @Nullable QuicCloseReason closeReason() {
        return quic.closeReason();
    }

    /**
     * What is held that concerns streams and sessions, in words; empty when all of them are over. The control streams live
     * as long as the connection and are not counted.
     *
     * @return one line for each thing
     */
    public List<String> leftovers() {
        List<String> found = new ArrayList<>();
        if (!quic.isClosed() && engine.heldCount() > 0) {
            found.add("the engine holds " + engine.heldCount() + " things");
        }
        carrier.addLeftovers(found);
        for (EngineSession session : sessions.values()) {
            if (!session.isOver()) {
                found.add(session.toString());
            }
            if (session.queuedDatagrams() > 0) {
                found.add(session + ": " + session.queuedDatagrams() + " datagrams unread");
            }
        }
        if (quic.unreadDatagrams() > 0) {
            found.add(quic.unreadDatagrams() + " datagrams unread");
        }
        return found;
    }

    @Override
    public String toString() {
        return quic.perspective() + " end";
    }

    // ---- what the pair and the carrier do

    boolean settle() {
        boolean moved = carrier.settle();
        if (quic.isClosed() && !closeSeen && quic.closeReason() != null) {
            closeSeen = true;
            handleClosed(quic.closeReason());
        }
        return moved;
    }

    boolean handleTimeout() {
        if (pollTimeoutNanos() > pair.nowNanos()) {
            return false;
        }
        engine.handleTimeout(pair.nowNanos());
        settle();
        return true;
    }

    long pollTimeoutNanos() {
        return quic.isClosed() ? Long.MAX_VALUE : engine.pollTimeoutNanos();
    }

    Tampering tampering() {
        return tampering;
    }

    void tell(EngineEvent event) {
        for (EngineEvent told : tampering.events(event)) {
            events.add(told);
            handle(told);
        }
    }

    private void handle(EngineEvent event) {
        if (event instanceof EngineEvent.SessionRequested requested) {
            addSession(requested.sessionId(), EngineSession.State.REQUESTED);
        } else if (event instanceof EngineEvent.SessionRequestGone gone) {
            sessions.get(gone.sessionId()).handleRefused();
        } else if (event instanceof EngineEvent.SessionEstablished established) {
            sessions.get(established.sessionId()).handleEstablished();
        } else if (event instanceof EngineEvent.SessionRejected rejected) {
            sessions.get(rejected.sessionId()).handleRefused();
        } else if (event instanceof EngineEvent.SessionDraining draining) {
            sessions.get(draining.sessionId()).handleDraining();
        } else if (event instanceof EngineEvent.SessionClosed closed) {
            sessions.get(closed.sessionId()).handleClosed(closed, pair.nowNanos());
        } else if (event instanceof EngineEvent.SessionEnded ended) {
            sessions.get(ended.sessionId()).handleEnded(pair.nowNanos());
        } else if (event instanceof EngineEvent.DatagramReceived datagram) {
            sessions.get(datagram.sessionId()).handleDatagram(datagram.payload());
        } else if (event instanceof EngineEvent.IncomingStream incoming) {
            EngineStream stream = carrier.handOver(incoming.streamId(), incoming.sessionId());
            if (stream != null) {
                streams.put(stream.id(), stream);
            }
        }
    }

    private void handleClosed(QuicCloseReason reason) {
        carrier.forget();
        for (EngineStream stream : streams.values()) {
            stream.noticeSendEnd();
            stream.cutSend(Http3ErrorCode.WT_SESSION_GONE);
            stream.cutReceive(Http3ErrorCode.WT_SESSION_GONE);
        }
        for (EngineSession session : sessions.values()) {
            session.handleLost(reason);
        }
    }

    private void addSession(long sessionId, EngineSession.State state) {
        int maxDatagrams = quic.config().datagrams().incomingQueueLength();
        sessions.put(sessionId, new EngineSession(sessionId, state, maxDatagrams));
    }

    private boolean is(long sessionId, EngineSession.State state) {
        EngineSession session = sessions.get(sessionId);
        return session != null && session.state() == state && !quic.isClosed();
    }
}
