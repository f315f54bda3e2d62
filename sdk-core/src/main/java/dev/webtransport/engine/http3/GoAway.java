package dev.webtransport.engine.http3;

import dev.webtransport.codec.Http3FrameWriter;
import dev.webtransport.engine.EngineEvent;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.Perspective;

/** GOAWAY, sent and received (RFC 9114, section 5.2; draft-ietf-webtrans-http3-16, section 4.7). */
final class GoAway {
    private static final long NONE = Long.MAX_VALUE;

    private final Http3Connection connection;
    private long sentId = NONE;
    private long receivedId = NONE;

    GoAway(Http3Connection connection) {
        this.connection = connection;
    }

    void send() {
        if (wasSent()) {
            return;
        }
        // A server names the first request it will not process, a client the first push: it takes none.
        sentId = connection.perspective == Perspective.SERVER ? connection.streams.nextRequestId() : 0;
        connection.out.send(connection.controlStreamId(), Http3FrameWriter.goAway(sentId), Fin.NO);
        //= draft-ietf-webtrans-http3-16#4.7
        //# GOAWAY drains every session; older drafts know the capsule only
        connection.sessions.drainAll();
    }

    void handleGoAway(long id) throws ProtocolViolation {
        //= rfc9114#7.2.6
        //# a client accepts the id of a client-initiated bidirectional stream only
        if (connection.perspective == Perspective.CLIENT && !StreamId.isRequest(id)) {
            throw idError("GOAWAY with " + id + ", which is not the id of a request stream");
        }
        //= rfc9114#5.2
        //# the id of a later GOAWAY must not be larger
        if (id > receivedId) {
            throw idError("GOAWAY with " + id + " after one with " + receivedId);
        }
        boolean first = !wasReceived();
        receivedId = id;
        if (first) {
            connection.out.event(new EngineEvent.GoAwayReceived());
        }
        connection.sessions.handleGoAway(id);
    }

    boolean wasSent() {
        return sentId != NONE;
    }

    boolean wasReceived() {
        return receivedId != NONE;
    }

    /** Server: whether a request came too late. */
    boolean refuses(long requestId) {
        return requestId >= sentId;
    }

    private static ProtocolViolation idError(String message) {
        return ProtocolViolation.connection(Http3ErrorCode.H3_ID_ERROR, "RFC 9114, section 5.2", message);
    }
}
