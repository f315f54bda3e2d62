package dev.webtransport.engine.http3;

import dev.webtransport.codec.StreamPreamble;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * A stream of the peer whose first bytes do not tell yet what it is (RFC 9114 section 6, draft-ietf-webtrans-http3-16
 * sections 4.2 and 4.3).
 */
final class UndecidedStream implements StreamReceiver {
    private final Http3Connection connection;
    private final long streamId;
    private final boolean bidirectional;
    private final StreamPreamble preamble;
    private boolean sendingStopped;
    private OptionalLong stopCode = OptionalLong.empty();

    UndecidedStream(Http3Connection connection, long streamId) {
        this.connection = connection;
        this.streamId = streamId;
        this.bidirectional = StreamId.type(streamId) == StreamType.BIDIRECTIONAL;
        this.preamble = bidirectional ? StreamPreamble.ofBidirectional() : StreamPreamble.ofUnidirectional();
    }

    @Override
    public void handleData(ByteBuffer data, Fin fin) throws ProtocolViolation {
        switch (preamble.parse(data)) {
            case NEED_MORE -> {
                if (fin == Fin.YES) {
                    handleEarlyEnd();
                }
            }
            case WEBTRANSPORT -> {
                connection.streams.forget(streamId);
                connection.streams.handleSessionStream(streamId, preamble.sessionId());
                if (sendingStopped) {
                    connection.streams.sendEnded(streamId);
                }
            }
            case HTTP3 -> {
                if (bidirectional) {
                    handleRequestStream(data, fin);
                } else {
                    handleHttp3Stream(data, fin);
                }
            }
        }
    }

    private void handleHttp3Stream(ByteBuffer data, Fin fin) throws ProtocolViolation {
        StreamReceiver receiver = connection.streams.http3Stream(streamId, preamble.type());
        if (receiver == null) {
            connection.streams.forget(streamId);
            return;
        }
        connection.streams.receiveWith(streamId, receiver);
        receiver.handleData(data, fin);
    }

    private void handleRequestStream(ByteBuffer data, Fin fin) throws ProtocolViolation {
        //= rfc9114#6.1
        //# a server opens no bidirectional streams but those an extension defines; others are a connection error
        if (connection.perspective == Perspective.CLIENT) {
            throw ProtocolViolation.connection(
                    Http3ErrorCode.H3_STREAM_CREATION_ERROR,
                    "RFC 9114, section 6.1",
                    "the server opened a bidirectional stream that begins with 0x" + Long.toHexString(preamble.type()));
        }
        //= rfc9114#10.5
        //# an endpoint may refuse what asks for too much
        if (connection.streams.requestStreamCount() >= RequestStream.MAX_REQUEST_STREAMS) {
            connection.streams.forgetRequest(streamId);
            connection.out.reset(streamId, Http3ErrorCode.H3_REQUEST_REJECTED);
            connection.out.stopSending(streamId, Http3ErrorCode.H3_REQUEST_REJECTED);
            return;
        }
        RequestStream request = new RequestStream(connection, streamId);
        connection.streams.receiveWith(streamId, request);
        if (sendingStopped) {
            request.handleStopSending(stopCode);
        }
        // Its first frame begins with what the preamble took for a signal.
        request.handleData(preamble.consumed(), Fin.NO);
        request.handleData(data, fin);
    }

    private void handleEarlyEnd() {
        //= rfc9114#6.2
        //# a unidirectional stream may end before its type is complete
        connection.streams.handleLost(streamId);
        connection.streams.forgetRequest(streamId);
        if (bidirectional) {
            connection.out.reset(streamId, Http3ErrorCode.H3_REQUEST_INCOMPLETE);
        }
    }

    @Override
    public void handleReset(long errorCode) {
        handleEarlyEnd();
    }

    @Override
    public void handleStopSending(OptionalLong errorCode) {
        sendingStopped = true;
        stopCode = errorCode;
    }
}
