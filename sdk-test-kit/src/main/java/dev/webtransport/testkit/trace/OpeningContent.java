package dev.webtransport.testkit.trace;

import dev.webtransport.codec.Http3StreamType;
import dev.webtransport.codec.StreamPreamble;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;

/** The first bytes of a stream, which say what it is for. */
final class OpeningContent implements StreamContent {
    private final TracedStream stream;
    private final Direction direction;
    private final StreamPreamble preamble;

    OpeningContent(TracedStream stream) {
        this.stream = stream;
        this.direction = stream.opening();
        this.preamble = stream.type() == StreamType.BIDIRECTIONAL
                ? StreamPreamble.ofBidirectional()
                : StreamPreamble.ofUnidirectional();
    }

    @Override
    public StreamContent read(ByteBuffer bytes) throws ProtocolViolation {
        return switch (preamble.parse(bytes)) {
            case NEED_MORE -> this;
            case WEBTRANSPORT -> {
                stream.isOfSession(preamble.sessionId());
                line(LineKind.WT_STREAM, " session " + preamble.sessionId());
                yield new PayloadContent(stream, direction);
            }
            case HTTP3 -> stream.type() == StreamType.BIDIRECTIONAL ? request() : unidirectional(preamble.type());
        };
    }

    @Override
    public void end() {
        // Too short to say what it is for, which is allowed; the bytes are told all the same.
        stream.log().payload(stream.place(direction), LineKind.STREAM, preamble.consumed());
    }

    private StreamContent request() throws ProtocolViolation {
        stream.isOf(TracedStream.Use.HTTP3);
        // Its first frame begins with what the preamble took for a signal.
        return new FrameContent(stream, direction).read(preamble.consumed());
    }

    private StreamContent unidirectional(long type) {
        if (type == Http3StreamType.CONTROL) {
            stream.isOf(TracedStream.Use.HTTP3);
            line(LineKind.CONTROL, "");
            return new FrameContent(stream, direction);
        }
        stream.isOf(TracedStream.Use.PAYLOAD);
        if (type == Http3StreamType.QPACK_ENCODER) {
            line(LineKind.QPACK_ENCODER, "");
        } else if (type == Http3StreamType.QPACK_DECODER) {
            line(LineKind.QPACK_DECODER, "");
        } else if (type == Http3StreamType.PUSH) {
            line(LineKind.PUSH, "");
        } else {
            LineKind kind = ReservedNumber.inHttp3(type) ? LineKind.RESERVED_STREAM : LineKind.UNKNOWN_STREAM;
            line(kind, " 0x" + Long.toHexString(type));
        }
        return new PayloadContent(stream, direction);
    }

    private void line(LineKind kind, String what) {
        stream.log().line(stream.place(direction), kind, kind + what);
    }
}
