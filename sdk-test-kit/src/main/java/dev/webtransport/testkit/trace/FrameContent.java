package dev.webtransport.testkit.trace;

import dev.webtransport.codec.FieldSection;
import dev.webtransport.codec.Http3Frame;
import dev.webtransport.codec.Http3FrameReader;
import dev.webtransport.codec.Http3FrameType;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Frames of HTTP/3: of a control stream, or of one direction of a request stream. */
final class FrameContent implements StreamContent {
    private final TracedStream stream;
    private final Direction direction;
    private final Http3FrameReader frames = new Http3FrameReader(Trace.MAX_ELEMENT_SIZE);
    private @Nullable CapsuleContent capsules;

    FrameContent(TracedStream stream, Direction direction) {
        this.stream = stream;
        this.direction = direction;
    }

    @Override
    public FrameContent read(ByteBuffer bytes) throws ProtocolViolation {
        WireReader source = new WireReader(bytes);
        while (bytes.hasRemaining()) {
            // One by one: of what stands behind a violation the reader tells nothing, and how much it has taken of that
            // must not depend on how the bytes came.
            frames.feed(Objects.requireNonNull(source.readBytes(1)));
            for (Http3Frame frame = frames.next(); frame != null; frame = frames.next()) {
                handleFrame(frame);
            }
        }
        return this;
    }

    @Override
    public void end() throws ProtocolViolation {
        frames.end();
        if (capsules != null) {
            capsules.end();
        }
    }

    private void handleFrame(Http3Frame frame) throws ProtocolViolation {
        if (frame instanceof Http3Frame.Data data) {
            handleData(data.payload());
        } else if (frame instanceof Http3Frame.Headers headers) {
            handleHeaders(headers.fieldSection());
        } else if (frame instanceof Http3Frame.Settings settings) {
            line(LineKind.SETTINGS, SettingsText.of(settings.settings()));
        } else if (frame instanceof Http3Frame.GoAway goAway) {
            line(LineKind.GOAWAY, " " + goAway.id());
        } else if (frame instanceof Http3Frame.Unknown unknown) {
            LineKind kind = ReservedNumber.inHttp3(unknown.type()) ? LineKind.RESERVED_FRAME : LineKind.UNKNOWN_FRAME;
            line(kind, " 0x" + Long.toHexString(unknown.type()) + " " + unknown.length());
        } else {
            line(pushRelated(frame.type()), "");
        }
    }

    private static LineKind pushRelated(long type) {
        if (type == Http3FrameType.CANCEL_PUSH) {
            return LineKind.CANCEL_PUSH;
        }
        return type == Http3FrameType.MAX_PUSH_ID ? LineKind.MAX_PUSH_ID : LineKind.PUSH_PROMISE;
    }

    private void handleHeaders(ByteBuffer section) throws ProtocolViolation {
        List<Map.Entry<String, String>> fields = FieldSection.decode(section, Trace.MAX_ELEMENT_SIZE);
        stream.handleFields(direction, fields);
        line(
                LineKind.HEADERS,
                fields.stream()
                        .map(field -> " " + Quotation.ofField(field.getKey(), field.getValue()))
                        .collect(Collectors.joining()));
    }

    private void handleData(ByteBuffer payload) {
        if (capsules == null && stream.carriesCapsules(direction)) {
            capsules = new CapsuleContent(stream, direction);
        }
        if (capsules == null) {
            stream.log().payload(stream.place(direction), LineKind.DATA, payload);
        } else {
            capsules.read(payload);
        }
    }

    private void line(LineKind kind, String what) {
        stream.log().line(stream.place(direction), kind, kind + what);
    }
}
