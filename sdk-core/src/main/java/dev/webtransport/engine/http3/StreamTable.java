package dev.webtransport.engine.http3;

import dev.webtransport.codec.Http3StreamType;
import dev.webtransport.engine.EarlyArrivals;
import dev.webtransport.engine.EngineEvent;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Every stream the engine knows: those whose bytes it reads, and those of sessions (draft-ietf-webtrans-http3-16,
 * sections
 * 4.2, 4.3 and 4.6). As large as QUIC's credit for streams lets it grow; entries go with their streams.
 */
final class StreamTable {
    private final Http3Connection connection;
    private final Map<Long, StreamReceiver> receivers = new HashMap<>();
    private final Map<Long, SessionStream> sessionStreams = new HashMap<>();
    private final EarlyArrivals early;
    private final SeenStreams bidirectional;
    private final SeenStreams unidirectional;

    /** Streams of the peer that ended, or were refused, before their session could count them. */
    private final long[] lost = new long[StreamType.values().length];

    private long allLost;
    private boolean controlSeen;
    private boolean encoderSeen;
    private boolean decoderSeen;

    StreamTable(Http3Connection connection) {
        this.connection = connection;
        this.early = new EarlyArrivals(connection.config.maxEarlyStreams(), connection.config.maxEarlyDatagrams());
        boolean client = connection.perspective == Perspective.CLIENT;
        this.bidirectional = new SeenStreams(client ? 1 : 0);
        this.unidirectional = new SeenStreams(client ? 3 : 2);
    }

    // What QUIC tells.

    void handleData(long streamId, ByteBuffer data, Fin fin) throws ProtocolViolation {
        StreamReceiver receiver = receiverFor(streamId);
        if (receiver != null) {
            receiver.handleData(data, fin);
        }
    }

    void handleReset(long streamId, long errorCode) throws ProtocolViolation {
        SessionStream stream = sessionStreams.get(streamId);
        if (stream != null) {
            receiveEnded(streamId);
            return;
        }
        StreamReceiver receiver = receiverFor(streamId);
        if (receiver != null) {
            receiver.handleReset(errorCode);
        }
    }

    void handleStopSending(long streamId, OptionalLong errorCode) throws ProtocolViolation {
        SessionStream stream = sessionStreams.get(streamId);
        if (stream != null) {
            sendEnded(streamId);
            return;
        }
        StreamReceiver receiver = receiverFor(streamId);
        if (receiver != null) {
            receiver.handleStopSending(errorCode);
        }
    }

    /** Who reads the bytes of a stream: null when they are not the engine's, or the stream is forgotten. */
    private @Nullable StreamReceiver receiverFor(long streamId) {
        StreamReceiver known = receivers.get(streamId);
        if (known != null || sessionStreams.containsKey(streamId) || !isFromPeer(streamId) || wasSeen(streamId)) {
            return known;
        }
        seen(streamId).add(streamId);
        StreamReceiver undecided = new UndecidedStream(connection, streamId);
        receivers.put(streamId, undecided);
        return undecided;
    }

    StreamRole roleOf(long streamId) {
        StreamReceiver receiver = receivers.get(streamId);
        if (receiver != null) {
            return receiver instanceof UndecidedStream ? StreamRole.UNDECIDED : StreamRole.ENGINE;
        }
        SessionStream stream = sessionStreams.get(streamId);
        if (stream != null) {
            return stream.isWaiting() ? StreamRole.WAITING : StreamRole.SESSION;
        }
        return isFromPeer(streamId) && !wasSeen(streamId) ? StreamRole.UNDECIDED : StreamRole.REFUSED;
    }

    private boolean isFromPeer(long streamId) {
        return StreamId.initiator(streamId) != connection.perspective;
    }

    private SeenStreams seen(long streamId) {
        return StreamId.type(streamId) == StreamType.BIDIRECTIONAL ? bidirectional : unidirectional;
    }

    private boolean wasSeen(long streamId) {
        return seen(streamId).contains(streamId);
    }

    /** Server: the id of the first request that has not begun. */
    long nextRequestId() {
        return bidirectional.next();
    }

    /** Server: whether a session that is not known can still come. */
    boolean mayBecomeSession(long sessionId) {
        return receivers.containsKey(sessionId) || !wasSeen(sessionId);
    }

    // What an undecided stream turns out to be.

    void forget(long streamId) {
        receivers.remove(streamId);
    }

    /** A request stream is over, and no session came of it: what waits for one is refused. */
    void forgetRequest(long streamId) {
        forget(streamId);
        refuseEarlyArrivalsOf(streamId);
    }

    void receiveWith(long streamId, StreamReceiver receiver) {
        receivers.put(streamId, receiver);
    }

    /** The receiver for a unidirectional stream of HTTP/3 itself; null when the stream is refused. */
    @Nullable
    StreamReceiver http3Stream(long streamId, long type) throws ProtocolViolation {
        //= rfc9114#6.2.1
        //# one control stream per peer; a second is a connection error
        if (type == Http3StreamType.CONTROL) {
            controlSeen = onlyOnce(controlSeen, "control");
            return new ControlStream(connection);
        }
        //= rfc9204#4.2
        //# one QPACK stream of each kind per peer; a second is a connection error
        if (type == Http3StreamType.QPACK_ENCODER) {
            encoderSeen = onlyOnce(encoderSeen, "QPACK encoder");
            return new QpackEncoderStream();
        }
        if (type == Http3StreamType.QPACK_DECODER) {
            decoderSeen = onlyOnce(decoderSeen, "QPACK decoder");
            return new QpackDecoderStream();
        }
        if (type == Http3StreamType.PUSH) {
            throw push();
        }
        //= rfc9114#9
        //# streams of unknown types are discarded or refused, without error
        connection.out.stopSending(streamId, Http3ErrorCode.H3_STREAM_CREATION_ERROR);
        return null;
    }

    private static boolean onlyOnce(boolean seen, String name) throws ProtocolViolation {
        if (seen) {
            throw ProtocolViolation.connection(
                    Http3ErrorCode.H3_STREAM_CREATION_ERROR,
                    "RFC 9114, section 6.2.1",
                    "the peer opened a second " + name + " stream");
        }
        return true;
    }

    private ProtocolViolation push() {
        //= rfc9114#6.2.2
        //# only servers push; a push stream of a client is a connection error
        if (connection.perspective == Perspective.SERVER) {
            return ProtocolViolation.connection(
                    Http3ErrorCode.H3_STREAM_CREATION_ERROR,
                    "RFC 9114, section 6.2.2",
                    "the client opened a push stream");
        }
        //= rfc9114#4.6
        //# a push without MAX_PUSH_ID is a connection error
        return ProtocolViolation.connection(
                Http3ErrorCode.H3_ID_ERROR, "RFC 9114, section 4.6", "the server pushes though no push was allowed");
    }

    /** A stream of the peer named its session. */
    void handleSessionStream(long streamId, long sessionId) {
        SessionStream stream = SessionStream.incoming(sessionId, streamId);
        Session session = connection.sessions.get(sessionId);
        if (session != null && session.state().isOpen()) {
            sessionStreams.put(streamId, stream);
            deliver(session, stream);
        } else if (session != null && session.state().isPending()) {
            holdBack(stream, EarlyArrivals.NO_DEADLINE);
        } else if (session == null && connection.sessions.mayCome(sessionId)) {
            holdBack(stream, connection.deadlineAfter(connection.config.settingsTimeout()));
        } else {
            //= draft-ietf-webtrans-http3-16#4
            //# a stream of a session that is closed is aborted with WT_SESSION_GONE
            stream.abort(
                    connection.sessions.wasKnown(sessionId)
                            ? Http3ErrorCode.WT_SESSION_GONE
                            : Http3ErrorCode.WT_BUFFERED_STREAM_REJECTED,
                    connection.out);
        }
    }

    private void holdBack(SessionStream stream, long deadlineNanos) {
        //= draft-ietf-webtrans-http3-16#4.6
        //# streams beyond what is buffered are closed with WT_BUFFERED_STREAM_REJECTED
        if (early.addStream(stream.sessionId, stream.streamId, StreamId.type(stream.streamId), deadlineNanos)) {
            sessionStreams.put(stream.streamId, stream);
        } else {
            handleLost(stream.streamId);
            stream.abort(Http3ErrorCode.WT_BUFFERED_STREAM_REJECTED, connection.out);
        }
    }

    /** A stream of the peer is over, and no session has counted it; the peer's session may have. */
    void handleLost(long streamId) {
        StreamType type = StreamId.type(streamId);
        lost[type.ordinal()]++;
        allLost++;
        connection.sessions.handleLostStream(type);
    }

    /** How many such streams no session has been found for. */
    long lostStreams(StreamType type) {
        return lost[type.ordinal()];
    }

    /** How many such streams there were. */
    long lostStreams() {
        return allLost;
    }

    void foundLost(StreamType type, long count) {
        lost[type.ordinal()] -= count;
    }

    private void deliver(Session session, SessionStream stream) {
        stream.deliver();
        session.attach(stream);
        if (!session.admits(stream)) {
            return;
        }
        connection.out.event(
                new EngineEvent.IncomingStream(stream.sessionId, stream.streamId, StreamId.type(stream.streamId)));
    }

    void handleDatagram(long sessionId, ByteBuffer payload) {
        Session session = connection.sessions.get(sessionId);
        if (session != null && session.state().isOpen()) {
            connection.out.event(new EngineEvent.DatagramReceived(sessionId, payload));
        } else if (session != null && session.state().isPending()) {
            early.addDatagram(sessionId, payload, EarlyArrivals.NO_DEADLINE);
        } else if (session == null && connection.sessions.mayCome(sessionId)) {
            early.addDatagram(sessionId, payload, connection.deadlineAfter(connection.config.settingsTimeout()));
        }
        //= draft-ietf-webtrans-http3-16#4.5
        //# datagrams of a session that is closed are dropped in silence
    }

    // What requests and sessions ask.

    /** Whether these bytes still go to this receiver; if not, the stream has been forgotten meanwhile. */
    boolean isRead(long streamId, StreamReceiver receiver) {
        return receivers.get(streamId) == receiver;
    }

    /** Whether there are streams of the peer that may yet turn out to belong to a session. */
    boolean hasUndecided() {
        for (StreamReceiver receiver : receivers.values()) {
            if (receiver instanceof UndecidedStream) {
                return true;
            }
        }
        return false;
    }

    /** Request streams that are being read. */
    int requestStreamCount() {
        int count = 0;
        for (StreamReceiver receiver : receivers.values()) {
            count += receiver instanceof RequestStream ? 1 : 0;
        }
        return count;
    }

    /** The session was asked for: what waits for it waits for the answer. */
    void holdEarlyArrivalsOf(long sessionId) {
        early.holdFor(sessionId);
    }

    /** The session is established: what waits for it comes out. */
    void deliverEarlyArrivalsOf(Session session) {
        for (EarlyArrivals.WaitingStream waiting : early.takeStreams(session.id())) {
            SessionStream stream = sessionStreams.get(waiting.streamId());
            if (stream != null && session.state().isOpen()) {
                deliver(session, stream);
            } else {
                abort(waiting.streamId(), Http3ErrorCode.WT_SESSION_GONE);
            }
        }
        for (ByteBuffer payload : early.takeDatagrams(session.id())) {
            if (session.state().isOpen()) {
                connection.out.event(new EngineEvent.DatagramReceived(session.id(), payload));
            }
        }
    }

    /** There will be no such session: what waits for it is refused. */
    void refuseEarlyArrivalsOf(long sessionId) {
        refuse(early.takeStreams(sessionId));
        early.takeDatagrams(sessionId);
    }

    private void refuse(List<EarlyArrivals.WaitingStream> waiting) {
        for (EarlyArrivals.WaitingStream stream : waiting) {
            handleLost(stream.streamId());
            abort(stream.streamId(), Http3ErrorCode.WT_BUFFERED_STREAM_REJECTED);
        }
    }

    void attachOpened(Session session, long streamId) {
        if (sessionStreams.containsKey(streamId) || receivers.containsKey(streamId)) {
            throw new IllegalStateException("stream " + streamId + " is in use");
        }
        SessionStream stream = SessionStream.opened(session.id(), streamId);
        sessionStreams.put(streamId, stream);
        session.attach(stream);
    }

    /** Asks QUIC to end what is open of a stream, and forgets it. */
    void abort(long streamId, long errorCode) {
        SessionStream stream = sessionStreams.remove(streamId);
        if (stream != null) {
            stream.abort(errorCode, connection.out);
        }
    }

    // What the driver tells about the streams of sessions.

    void sendEnded(long streamId) {
        SessionStream stream = sessionStreams.get(streamId);
        if (stream != null) {
            stream.endSend();
            forgetIfOver(stream);
        }
    }

    void receiveEnded(long streamId) {
        SessionStream stream = sessionStreams.get(streamId);
        if (stream != null) {
            stream.endReceive();
            forgetIfOver(stream);
        }
    }

    private void forgetIfOver(SessionStream stream) {
        if (stream.isOver()) {
            sessionStreams.remove(stream.streamId);
            early.removeStream(stream.streamId);
            Session session = connection.sessions.get(stream.sessionId);
            if (session != null) {
                session.detach(stream.streamId);
            }
        }
    }

    // Time and the end.

    void handleTimeout() {
        refuse(early.expire(connection.now()));
    }

    long nextTimeoutNanos() {
        return early.nextDeadlineNanos();
    }

    void clear() {
        receivers.clear();
        sessionStreams.clear();
        early.clear();
        bidirectional.clear();
        unidirectional.clear();
    }

    /** How many things are held that go with streams; the streams of HTTP/3 itself live as long as the connection. */
    int size() {
        int critical = 0;
        for (StreamReceiver receiver : receivers.values()) {
            critical += receiver instanceof CriticalStream ? 1 : 0;
        }
        return receivers.size()
                - critical
                + sessionStreams.size()
                + early.size()
                + bidirectional.gapCount()
                + unidirectional.gapCount();
    }
}
