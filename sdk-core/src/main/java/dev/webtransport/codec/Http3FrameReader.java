package dev.webtransport.codec;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.wire.WireReader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of one stream, control or request, as its bytes arrive (RFC 9114, section 7.1). Which frame may
 * stand
 * where is for the engine to say; this class knows only what no stream may carry.
 *
 * <p>After each {@link #feed} ask {@link #next} until it answers null. The payload of DATA frames is delivered in
 * pieces as it
 * comes. Other known frames are held until they are complete: field sections up to the limit of the constructor,
 * settings
 * up to {@link Http3Settings#MAX_PAYLOAD}. Unknown frames are passed over, whatever their length, without being held.
 * Not for
 * several threads at once.
 */
public final class Http3FrameReader {
    private static final String FRAME_LAYOUT = "RFC 9114, section 7.1";

    private final TypeLengthValueReader in = new TypeLengthValueReader();
    private final int maxFieldSectionSize;
    private Handling handling = Handling.UNDECIDED;
    private @Nullable ProtocolViolation failure;

    private enum Handling {
        UNDECIDED,
        PIECES,
        WHOLE,
        SKIP
    }

    /**
     * A reader at the beginning of a frame.
     *
     * @param maxFieldSectionSize the longest HEADERS payload that is accepted, in bytes, at least 0
     */
    public Http3FrameReader(int maxFieldSectionSize) {
        this.maxFieldSectionSize = maxFieldSectionSize;
    }

    /**
     * Takes bytes of the stream, in order. They are copied.
     *
     * @param bytes the next bytes; its position moves to its limit
     */
    public void feed(ByteBuffer bytes) {
        in.feed(bytes);
    }

    /**
     * The next frame, or piece of a DATA frame.
     *
     * @return null when more bytes are needed
     * @throws ProtocolViolation if the bytes break a rule, always at connection scope; every later call throws it again
     */
    public @Nullable Http3Frame next() throws ProtocolViolation {
        if (failure != null) {
            in.discard();
            throw failure;
        }
        try {
            return parse();
        } catch (ProtocolViolation violation) {
            failure = violation;
            throw violation;
        }
    }

    /**
     * Says that the stream ended cleanly after what was fed. Call it after {@link #next} has answered null.
     *
     * @throws ProtocolViolation H3_FRAME_ERROR at connection scope if the end lies inside a frame
     */
    public void end() throws ProtocolViolation {
        if (failure != null) {
            throw failure;
        }
        //= rfc9114#7.1
        //# a stream that ends cleanly in the middle of its last frame is a connection error
        if (in.hasUnread() || !in.isBetweenItems()) {
            throw frameError(FRAME_LAYOUT, "the stream ended inside a frame");
        }
    }

    private @Nullable Http3Frame parse() throws ProtocolViolation {
        while (true) {
            long type = in.type();
            if (type == WireReader.NEED_MORE) {
                return null;
            }
            switch (handling) {
                case UNDECIDED -> {
                    checkType(type);
                    long length = in.length();
                    if (length == WireReader.NEED_MORE) {
                        return null;
                    }
                    handling = handlingOf(type, length);
                    if (handling == Handling.SKIP) {
                        return type == Http3FrameType.PUSH_PROMISE
                                ? new Http3Frame.PushRelated(type)
                                : new Http3Frame.Unknown(type, length);
                    }
                }
                case PIECES -> {
                    ByteBuffer piece = in.piece();
                    if (piece == null) {
                        return null;
                    }
                    if (in.isBetweenItems()) {
                        handling = Handling.UNDECIDED;
                    }
                    return new Http3Frame.Data(piece);
                }
                case WHOLE -> {
                    ByteBuffer payload = in.whole();
                    if (payload == null) {
                        return null;
                    }
                    handling = Handling.UNDECIDED;
                    return decode(type, payload);
                }
                case SKIP -> {
                    if (!in.skip()) {
                        return null;
                    }
                    handling = Handling.UNDECIDED;
                }
            }
        }
    }

    private static void checkType(long type) throws ProtocolViolation {
        //= rfc9114#7.2.8
        //# the types of the HTTP/2 frames that HTTP/3 has not are an error wherever they are received
        if (Http3FrameType.isReservedForHttp2(type)) {
            throw ProtocolViolation.connection(
                    Http3ErrorCode.H3_FRAME_UNEXPECTED,
                    "RFC 9114, section 7.2.8",
                    "frame type 0x" + Long.toHexString(type) + " belongs to HTTP/2");
        }
        //= draft-ietf-webtrans-http3-16#4.3
        //# the signal value stands at the beginning of a request stream only; as a frame type it is a connection error
        if (type == Http3FrameType.WT_STREAM) {
            throw frameError(
                    "draft-ietf-webtrans-http3-16, section 4.3", "WT_STREAM (0x41) stands where a frame type belongs");
        }
    }

    private Handling handlingOf(long type, long length) throws ProtocolViolation {
        if (type == Http3FrameType.DATA) {
            return Handling.PIECES;
        }
        if (type == Http3FrameType.HEADERS) {
            checkSize("HEADERS", length, maxFieldSectionSize);
            return Handling.WHOLE;
        }
        if (type == Http3FrameType.SETTINGS) {
            checkSize("SETTINGS", length, Http3Settings.MAX_PAYLOAD);
            return Handling.WHOLE;
        }
        if (type == Http3FrameType.GOAWAY || type == Http3FrameType.CANCEL_PUSH || type == Http3FrameType.MAX_PUSH_ID) {
            //= rfc9114#7.1
            //# a payload longer or shorter than the fields of its frame is a connection error
            if (length < 1 || length > 8) {
                throw frameError(
                        FRAME_LAYOUT,
                        "frame 0x" + Long.toHexString(type) + " holds one integer of 1 to 8 bytes, not " + length
                                + " bytes");
            }
            return Handling.WHOLE;
        }
        //= rfc9114#9
        //# unknown frame types are ignored, whatever they carry; PUSH_PROMISE is judged without its content
        return Handling.SKIP;
    }

    private static void checkSize(String frame, long length, int limit) throws ProtocolViolation {
        //= rfc9114#10.5
        //# an endpoint may end a connection that asks for too much
        if (length > limit) {
            throw ProtocolViolation.connection(
                    Http3ErrorCode.H3_EXCESSIVE_LOAD,
                    "RFC 9114, section 10.5",
                    frame + " of " + length + " bytes is longer than the limit of " + limit);
        }
    }

    private static Http3Frame decode(long type, ByteBuffer payload) throws ProtocolViolation {
        if (type == Http3FrameType.HEADERS) {
            return new Http3Frame.Headers(payload);
        }
        if (type == Http3FrameType.SETTINGS) {
            return new Http3Frame.Settings(Http3Settings.decode(payload));
        }
        WireReader reader = new WireReader(payload);
        long id = reader.readVarInt();
        //= rfc9114#7.1
        //# a payload longer or shorter than the fields of its frame is a connection error
        if (id == WireReader.NEED_MORE || reader.remaining() > 0) {
            throw frameError(
                    FRAME_LAYOUT,
                    "the integer in frame 0x" + Long.toHexString(type) + " is not as long as the frame says");
        }
        return type == Http3FrameType.GOAWAY ? new Http3Frame.GoAway(id) : new Http3Frame.PushRelated(type);
    }

    private static ProtocolViolation frameError(String citation, String message) {
        return ProtocolViolation.connection(Http3ErrorCode.H3_FRAME_ERROR, citation, message);
    }
}
