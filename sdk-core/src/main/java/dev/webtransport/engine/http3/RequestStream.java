package dev.webtransport.engine.http3;

import dev.webtransport.codec.ConnectRequest;
import dev.webtransport.codec.ConnectResponse;
import dev.webtransport.codec.FieldSection;
import dev.webtransport.codec.Http3Frame;
import dev.webtransport.codec.Http3FrameReader;
import dev.webtransport.codec.Http3FrameType;
import dev.webtransport.codec.Http3FrameWriter;
import dev.webtransport.codec.IncomingRequest;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.error.ViolationScope;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Perspective;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The incoming half of a request stream: at a server the request, at a client the answer, at both the payload of DATA
 * frames, which goes to the session (RFC 9114, sections 4.1 and 4.4).
 */
final class RequestStream implements StreamReceiver {
    /** How many may be read at once; each holds a header section at most. More are refused. */
    static final int MAX_REQUEST_STREAMS = 128;

    private static final String ONLY_DATA = "RFC 9114, section 4.4";

    private final Http3Connection connection;
    private final long streamId;
    private final Http3FrameReader frames;
    private @Nullable Session session;
    private boolean finSeen;
    private boolean sendingStopped;
    private OptionalLong stopCode = OptionalLong.empty();

    /** Server: the stream of a request that comes. */
    RequestStream(Http3Connection connection, long streamId) {
        this.connection = connection;
        this.streamId = streamId;
        this.frames = new Http3FrameReader(connection.config.maxFieldSectionSize());
    }

    /** Client: the stream of a request that went out. */
    RequestStream(Http3Connection connection, Session session) {
        this(connection, session.id());
        this.session = session;
    }

    @Override
    public void handleData(ByteBuffer data, Fin fin) throws ProtocolViolation {
        finSeen = fin == Fin.YES;
        frames.feed(data);
        try {
            Http3Frame frame = frames.next();
            while (frame != null) {
                handleFrame(frame);
                if (!connection.streams.isRead(streamId, this)) {
                    return;
                }
                frame = frames.next();
            }
            if (finSeen) {
                frames.end();
                handleFin();
            }
        } catch (ProtocolViolation violation) {
            if (violation.scope() == ViolationScope.CONNECTION) {
                throw violation;
            }
            abort(violation);
        }
    }

    private void handleFrame(Http3Frame frame) throws ProtocolViolation {
        if (frame instanceof Http3Frame.Data data) {
            if (session == null) {
                //= rfc9114#4.1
                //# DATA before HEADERS is a connection error
                throw unexpected("RFC 9114, section 4.1", "DATA before the request");
            }
            session.handlePayload(data.payload());
        } else if (frame instanceof Http3Frame.Headers headers) {
            handleHeaders(headers.fieldSection());
        } else if (frame.type() == Http3FrameType.PUSH_PROMISE && connection.perspective == Perspective.CLIENT) {
            //= rfc9114#7.2.5
            //# a push id above what was allowed is a connection error, and none was
            throw ProtocolViolation.connection(
                    Http3ErrorCode.H3_ID_ERROR,
                    "RFC 9114, section 7.2.5",
                    "a push is promised though none was allowed");
        } else if (!(frame instanceof Http3Frame.Unknown)) {
            //= rfc9114#7.2
            //# SETTINGS, GOAWAY, CANCEL_PUSH and MAX_PUSH_ID belong on control streams only
            throw unexpected("RFC 9114, section 7.2", frame + " on a request stream");
        }
    }

    private void handleHeaders(ByteBuffer section) throws ProtocolViolation {
        if (connection.perspective == Perspective.SERVER) {
            if (session != null) {
                //= rfc9114#4.4
                //# after the header section of a CONNECT only DATA frames are allowed
                throw unexpected(ONLY_DATA, "a second HEADERS frame on a CONNECT stream");
            }
            handleRequest(ConnectRequest.parse(decode(section)));
        } else if (session != null) {
            if (session.isRejected()) {
                // Trailers, which say nothing here.
                return;
            }
            if (!session.state().isPending()) {
                throw unexpected(ONLY_DATA, "HEADERS behind the answer to a CONNECT");
            }
            ConnectResponse response = ConnectResponse.parse(decode(section));
            //= rfc9114#4.1
            //# any number of interim responses may come before the final one
            if (!response.isInterim()) {
                session.handleResponse(response);
            }
        }
    }

    private List<Map.Entry<String, String>> decode(ByteBuffer section) throws ProtocolViolation {
        return FieldSection.decode(section, connection.config.maxFieldSectionSize());
    }

    private void handleRequest(IncomingRequest request) {
        if (request instanceof ConnectRequest connect) {
            session = connection.sessions.handleRequest(streamId, connect);
            if (session != null && sendingStopped) {
                session.handleStopSending(stopCode);
            }
        } else if (request instanceof IncomingRequest.Other other) {
            refuse(other);
        }
    }

    /** Whoever asks for something else gets an answer that says so. */
    private void refuse(IncomingRequest.Other request) {
        //= rfc9220#3
        //# an unknown :protocol is answered with 501
        boolean connect = request.method().equals("CONNECT");
        Headers headers = connect
                ? Headers.EMPTY
                : Headers.builder().add("allow", "CONNECT").build();
        connection.out.send(streamId, encode(ConnectResponse.builder(connect ? 501 : 405), headers), Fin.YES);
        if (!finSeen) {
            //= rfc9114#4.1
            //# who answers without the rest of a request asks with H3_NO_ERROR to leave it out
            connection.out.stopSending(streamId, Http3ErrorCode.H3_NO_ERROR);
        }
        connection.streams.forgetRequest(streamId);
    }

    static ByteBuffer encode(ConnectResponse.Builder response, Headers headers) {
        return Http3FrameWriter.headers(
                FieldSection.encode(response.headers(headers).build().toFields()));
    }

    private void handleFin() throws ProtocolViolation {
        if (session == null) {
            //= rfc9114#4.1
            //# a request that ends before it is complete is a stream error
            throw ProtocolViolation.stream(
                    Http3ErrorCode.H3_REQUEST_INCOMPLETE,
                    "RFC 9114, section 4.1",
                    "the stream ended without a request");
        }
        session.handleFin();
    }

    @Override
    public void handleReset(long errorCode) {
        if (session == null) {
            connection.out.reset(streamId, Http3ErrorCode.H3_REQUEST_CANCELLED);
            connection.streams.forgetRequest(streamId);
        } else {
            session.handleReset(errorCode);
        }
    }

    @Override
    public void handleStopSending(OptionalLong errorCode) {
        if (session == null) {
            sendingStopped = true;
            stopCode = errorCode;
        } else {
            session.handleStopSending(errorCode);
        }
    }

    private void abort(ProtocolViolation violation) {
        if (session == null) {
            connection.out.reset(streamId, violation.wireCode());
            if (!finSeen) {
                connection.out.stopSending(streamId, violation.wireCode());
            }
            connection.streams.forgetRequest(streamId);
        } else {
            session.abort(violation);
        }
    }

    private static ProtocolViolation unexpected(String citation, String message) {
        return ProtocolViolation.connection(Http3ErrorCode.H3_FRAME_UNEXPECTED, citation, message);
    }
}
