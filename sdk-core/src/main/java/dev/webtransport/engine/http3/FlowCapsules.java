package dev.webtransport.engine.http3;

import dev.webtransport.codec.Capsule;
import dev.webtransport.codec.CapsuleWriter;
import dev.webtransport.codec.Http3FrameWriter;
import dev.webtransport.engine.CreditRaised;
import dev.webtransport.engine.PeerBlocked;
import dev.webtransport.engine.SessionFlow;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.flow.CreditKind;
import dev.webtransport.flow.ReceiveWindow;
import dev.webtransport.flow.SendCredit;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;

/** What a session with flow control hears and says about credit (draft-ietf-webtrans-http3-16, section 5.6). */
final class FlowCapsules {
    private final Http3Connection connection;
    private final long sessionId;
    private final SessionFlow flow;

    FlowCapsules(Http3Connection connection, long sessionId, SessionFlow flow) {
        this.connection = connection;
        this.sessionId = sessionId;
        this.flow = flow;
        if (connection.streams.lostStreams() > 0) {
            flow.handleAbandoned();
        }
    }

    SessionFlow flow() {
        return flow;
    }

    // What the peer says.

    void handle(Capsule capsule) throws ProtocolViolation {
        if (capsule instanceof Capsule.MaxData max) {
            handleLimit(CreditKind.DATA, max.maxData(), "5.6.4");
        } else if (capsule instanceof Capsule.MaxStreams max) {
            handleLimit(CreditKind.of(max.streamType()), max.maxStreams(), "5.6.2");
        } else if (capsule instanceof Capsule.DataBlocked blocked) {
            handleDataBlocked(blocked.limit());
        } else if (capsule instanceof Capsule.StreamsBlocked blocked) {
            handleStreamsBlocked(blocked.streamType(), blocked.limit());
        }
    }

    private void handleLimit(CreditKind kind, long limit, String section) throws ProtocolViolation {
        SendCredit credit = flow.toUse(kind);
        long before = credit.limit();
        switch (credit.raise(limit)) {
            case RAISED -> connection.out.event(new CreditRaised(sessionId, kind, limit));
            //= draft-ietf-webtrans-http3-16#5.6.2
            //# a limit of streams that is lower than the one before closes the session with WT_FLOW_CONTROL_ERROR
            //= draft-ietf-webtrans-http3-16#5.6.4
            //# a limit of bytes that is lower than the one before closes the session with WT_FLOW_CONTROL_ERROR
            case LOWER ->
                throw violation(section, "the peer lowered the limit of " + kind + " from " + before + " to " + limit);
            case SAME -> {
                // Draft 16 forbids it, draft 15 does not, and both look the same on the wire: no harm is done.
            }
        }
    }

    private void handleDataBlocked(long limit) {
        ReceiveWindow window = flow.toGive(CreditKind.DATA);
        tellBlocked(CreditKind.DATA, limit, window.handleBlocked(limit));
    }

    private void handleStreamsBlocked(StreamType type, long limit) {
        ReceiveWindow window = flow.streams(type).toAccept();
        tellBlocked(CreditKind.of(type), limit, window.handleBlocked(limit));
        findLost(type);
    }

    private void findLost(StreamType type) {
        ReceiveWindow window = flow.streams(type).toAccept();
        connection.streams.foundLost(type, window.lose(connection.streams.lostStreams(type)));
    }

    private void tellBlocked(CreditKind kind, long limit, boolean news) {
        if (news) {
            connection.out.event(new PeerBlocked(sessionId, kind, limit));
        }
    }

    // What the peer does.

    /** The peer opened a stream. */
    void handleOpened(StreamType type) throws ProtocolViolation {
        //= draft-ietf-webtrans-http3-16#5.6.2
        //# a stream beyond the limit closes the session with WT_FLOW_CONTROL_ERROR
        if (!flow.streams(type).handleOpened()) {
            throw violation(
                    "5.6.2",
                    "the peer opened more " + type + " streams than the "
                            + flow.streams(type).toAccept().limit() + " allowed");
        }
    }

    /** A stream ended before its session was known: it, and what it carried, may have been of this one. */
    void handleLost(StreamType type) {
        flow.handleAbandoned();
        findLost(type);
    }

    /** Looks whether the payload that was read keeps to the limit. */
    void check() throws ProtocolViolation {
        ReceiveWindow window = flow.toGive(CreditKind.DATA);
        //= draft-ietf-webtrans-http3-16#5.6.4
        //# payload beyond the limit closes the session with WT_FLOW_CONTROL_ERROR
        if (window.isExceeded()) {
            throw violation(
                    "5.6.4", "the peer sent " + window.received() + " bytes where " + window.limit() + " were allowed");
        }
    }

    private static ProtocolViolation violation(String section, String message) {
        return ProtocolViolation.session(
                Http3ErrorCode.WT_FLOW_CONTROL_ERROR, "draft-ietf-webtrans-http3-16, section " + section, message);
    }

    // What this end says.

    /** Says what is due: limits that have grown enough, and limits that stand in the way; each in a DATA frame of its own. */
    void send() {
        for (CreditKind kind : CreditKind.values()) {
            //= draft-ietf-webtrans-http3-16#5.6
            //# credit is given as data is consumed and streams close, without waiting until the peer is blocked
            long limit = flow.toGive(kind).pollGrant();
            if (limit != SendCredit.NOTHING) {
                send(
                        kind == CreditKind.DATA
                                ? CapsuleWriter.maxData(limit)
                                : CapsuleWriter.maxStreams(type(kind), limit));
            }
            //= draft-ietf-webtrans-http3-16#5.6
            //# an end that is blocked should say so
            long blockedAt = flow.toUse(kind).pollBlocked();
            if (blockedAt != SendCredit.NOTHING) {
                send(
                        kind == CreditKind.DATA
                                ? CapsuleWriter.dataBlocked(blockedAt)
                                : CapsuleWriter.streamsBlocked(type(kind), blockedAt));
            }
        }
    }

    private void send(ByteBuffer capsule) {
        connection.out.send(sessionId, Http3FrameWriter.data(capsule), Fin.NO);
    }

    private static StreamType type(CreditKind kind) {
        return kind == CreditKind.BIDIRECTIONAL_STREAMS ? StreamType.BIDIRECTIONAL : StreamType.UNIDIRECTIONAL;
    }
}
