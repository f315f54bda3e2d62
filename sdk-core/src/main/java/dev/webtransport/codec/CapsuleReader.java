package dev.webtransport.codec;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.StreamType;
import dev.webtransport.wire.WireReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the capsules of a CONNECT stream as the payload of its DATA frames arrives (RFC 9297, sections 3.2 and 3.3;
 * draft-ietf-webtrans-http3-16, sections 4.7, 5.6 and 6).
 *
 * <p>After each {@link #feed} ask {@link #next} until it answers null. A capsule of a known type is held until it is
 * complete, at most the size given to the constructor; others are passed over, whatever their length, without being
 * held.
 * Not for several threads at once.
 */
public final class CapsuleReader {
    private static final String MALFORMED = "RFC 9297, section 3.3";
    private static final String CLOSE = "draft-ietf-webtrans-http3-16, section 6";
    private static final int MAX_CLOSE_LENGTH = Integer.BYTES + CloseInfo.MAX_REASON_BYTES;
    private static final long MAX_STREAM_COUNT = 1L << 60;

    private final TypeLengthValueReader in = new TypeLengthValueReader();
    private final int maxCapsuleSize;
    private Handling handling = Handling.UNDECIDED;
    private boolean closed;
    private @Nullable ProtocolViolation failure;

    private enum Handling {
        UNDECIDED,
        WHOLE,
        SKIP
    }

    /**
     * A reader at the beginning of a capsule.
     *
     * @param maxCapsuleSize the longest DATAGRAM capsule that is accepted, in bytes of its value, at least 0; the other
     *     known capsules have limits of their own, of 1,028 bytes at most
     */
    public CapsuleReader(int maxCapsuleSize) {
        this.maxCapsuleSize = maxCapsuleSize;
    }

    /**
     * Takes bytes of the stream of capsules, in order. They are copied.
     *
     * @param bytes the next bytes; its position moves to its limit
     */
    public void feed(ByteBuffer bytes) {
        in.feed(bytes);
    }

    /**
     * The next capsule. One of an unknown type is told when it begins.
     *
     * @return null when more bytes are needed
     * @throws ProtocolViolation if the bytes break a rule, always at session scope; every later call throws it again
     */
    public @Nullable Capsule next() throws ProtocolViolation {
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
     * @throws ProtocolViolation H3_MESSAGE_ERROR at session scope if the end lies inside a capsule
     */
    public void end() throws ProtocolViolation {
        if (failure != null) {
            throw failure;
        }
        //= rfc9297#3.3
        //# a stream that ends cleanly in the middle of a capsule is a malformed message
        if (in.hasUnread() || !in.isBetweenItems()) {
            throw malformed("the stream ended inside a capsule");
        }
    }

    private @Nullable Capsule parse() throws ProtocolViolation {
        while (true) {
            //= draft-ietf-webtrans-http3-16#6
            //# bytes behind WT_CLOSE_SESSION reset the stream with H3_MESSAGE_ERROR
            if (closed && in.hasUnread()) {
                throw ProtocolViolation.session(
                        Http3ErrorCode.H3_MESSAGE_ERROR, CLOSE, "there are bytes behind WT_CLOSE_SESSION");
            }
            long type = in.type();
            if (type == WireReader.NEED_MORE) {
                return null;
            }
            switch (handling) {
                case UNDECIDED -> {
                    long length = in.length();
                    if (length == WireReader.NEED_MORE) {
                        return null;
                    }
                    if (isPerStream(type)) {
                        handling = Handling.SKIP;
                        return new Capsule.PerStreamFlowControl(type);
                    }
                    //= rfc9297#3.2
                    //# unknown capsule types are passed over in silence
                    if (!isKnown(type)) {
                        handling = Handling.SKIP;
                        return new Capsule.Unknown(type, length);
                    }
                    handling = Handling.WHOLE;
                    checkLength(type, length);
                }
                case WHOLE -> {
                    ByteBuffer value = in.whole();
                    if (value == null) {
                        return null;
                    }
                    handling = Handling.UNDECIDED;
                    return decode(type, value);
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

    private static boolean isPerStream(long type) {
        return type == CapsuleType.WT_MAX_STREAM_DATA || type == CapsuleType.WT_STREAM_DATA_BLOCKED;
    }

    private static boolean isKnown(long type) {
        return type == CapsuleType.DATAGRAM
                || type == CapsuleType.WT_CLOSE_SESSION
                || type == CapsuleType.WT_DRAIN_SESSION
                || type >= CapsuleType.WT_MAX_DATA && type <= CapsuleType.WT_STREAMS_BLOCKED_UNI;
    }

    private void checkLength(long type, long length) throws ProtocolViolation {
        if (type == CapsuleType.DATAGRAM) {
            //= rfc9114#10.5
            //# an endpoint may refuse what asks for too much
            if (length > maxCapsuleSize) {
                throw ProtocolViolation.session(
                        Http3ErrorCode.H3_EXCESSIVE_LOAD,
                        "RFC 9114, section 10.5",
                        "DATAGRAM capsule of " + length + " bytes is longer than the limit of " + maxCapsuleSize);
            }
        } else if (type == CapsuleType.WT_CLOSE_SESSION) {
            //= draft-ietf-webtrans-http3-16#6
            //# a reason of more than 1024 bytes resets the stream with H3_MESSAGE_ERROR
            if (length > MAX_CLOSE_LENGTH) {
                throw ProtocolViolation.session(
                        Http3ErrorCode.H3_MESSAGE_ERROR,
                        CLOSE,
                        "WT_CLOSE_SESSION of " + length + " bytes: the reason is longer than "
                                + CloseInfo.MAX_REASON_BYTES);
            }
            if (length < Integer.BYTES) {
                throw malformed("WT_CLOSE_SESSION of " + length + " bytes holds no code");
            }
        } else if (type == CapsuleType.WT_DRAIN_SESSION) {
            if (length > 0) {
                throw malformed("WT_DRAIN_SESSION carries " + length + " bytes, must be empty");
            }
        } else if (length < 1 || length > 8) {
            throw malformed("capsule 0x" + Long.toHexString(type) + " holds one integer of 1 to 8 bytes, not " + length
                    + " bytes");
        }
    }

    private Capsule decode(long type, ByteBuffer value) throws ProtocolViolation {
        if (type == CapsuleType.DATAGRAM) {
            return new Capsule.Datagram(value);
        }
        if (type == CapsuleType.WT_CLOSE_SESSION) {
            closed = true;
            return closeSession(value);
        }
        if (type == CapsuleType.WT_DRAIN_SESSION) {
            return new Capsule.DrainSession();
        }
        WireReader reader = new WireReader(value);
        long number = reader.readVarInt();
        //= rfc9297#3.3
        //# a value longer or shorter than the fields of its capsule is a malformed message
        if (number == WireReader.NEED_MORE || reader.remaining() > 0) {
            throw malformed(
                    "the integer in capsule 0x" + Long.toHexString(type) + " is not as long as the capsule says");
        }
        if (type == CapsuleType.WT_MAX_DATA) {
            return new Capsule.MaxData(number);
        }
        if (type == CapsuleType.WT_DATA_BLOCKED) {
            return new Capsule.DataBlocked(number);
        }
        //= draft-ietf-webtrans-http3-16#5.6.2
        //# a count of streams above 2^60 closes the session with WT_FLOW_CONTROL_ERROR
        //= draft-ietf-webtrans-http3-16#5.6.3
        //# a count of streams above 2^60 closes the session with WT_FLOW_CONTROL_ERROR
        if (number > MAX_STREAM_COUNT) {
            throw ProtocolViolation.session(
                    Http3ErrorCode.WT_FLOW_CONTROL_ERROR,
                    "draft-ietf-webtrans-http3-16, section 5.6.2",
                    "capsule 0x" + Long.toHexString(type) + " counts " + number + " streams, more than 2^60");
        }
        StreamType streamType = type == CapsuleType.WT_MAX_STREAMS_UNI || type == CapsuleType.WT_STREAMS_BLOCKED_UNI
                ? StreamType.UNIDIRECTIONAL
                : StreamType.BIDIRECTIONAL;
        return type == CapsuleType.WT_MAX_STREAMS_BIDI || type == CapsuleType.WT_MAX_STREAMS_UNI
                ? new Capsule.MaxStreams(streamType, number)
                : new Capsule.StreamsBlocked(streamType, number);
    }

    private static Capsule closeSession(ByteBuffer value) throws ProtocolViolation {
        long code = new WireReader(value).readUint32();
        try {
            String reason = StandardCharsets.UTF_8.newDecoder().decode(value).toString();
            return new Capsule.CloseSession(CloseInfo.of(code, reason));
        } catch (CharacterCodingException invalid) {
            //= draft-ietf-webtrans-http3-16#6
            //# a reason that is not UTF-8 resets the stream with H3_MESSAGE_ERROR
            throw ProtocolViolation.session(
                    Http3ErrorCode.H3_MESSAGE_ERROR, CLOSE, "the reason in WT_CLOSE_SESSION is not valid UTF-8");
        }
    }

    private static ProtocolViolation malformed(String message) {
        return ProtocolViolation.session(Http3ErrorCode.H3_MESSAGE_ERROR, MALFORMED, message);
    }
}
