package dev.webtransport.codec;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a parser says about bytes, as one line of text: the items, then {@code end}, or what is wrong with an end there, or
 * the violation. Pieces of one DATA frame after the other are joined, since their boundaries say nothing.
 */
final class Traces {
    private Traces() {}

    static String violation(ProtocolViolation violation) {
        return violation.scope() + " " + Http3ErrorCode.describe(violation.wireCode());
    }

    static String frames(List<ByteBuffer> pieces) {
        return frames(pieces, 100);
    }

    static String frames(List<ByteBuffer> pieces, int maxFieldSectionSize) {
        Http3FrameReader reader = new Http3FrameReader(maxFieldSectionSize);
        StringBuilder trace = new StringBuilder();
        boolean inData = false;
        try {
            for (ByteBuffer piece : pieces) {
                reader.feed(piece.duplicate());
                Http3Frame frame;
                while ((frame = reader.next()) != null) {
                    if (frame instanceof Http3Frame.Data data) {
                        trace.append(inData ? "" : "DATA ").append(Hex.of(data.payload()));
                        inData = true;
                        continue;
                    }
                    trace.append(inData ? "; " : "").append(frame(frame)).append("; ");
                    inData = false;
                }
            }
            trace.append(inData ? "; " : "");
            inData = false;
            reader.end();
            return trace.append("end").toString();
        } catch (ProtocolViolation violation) {
            return trace.append(inData ? "; " : "").append(violation(violation)).toString();
        }
    }

    private static String frame(Http3Frame frame) {
        return frame instanceof Http3Frame.Headers headers
                ? "HEADERS " + Hex.of(headers.fieldSection())
                : frame.toString();
    }

    static String capsules(List<ByteBuffer> pieces) {
        return capsules(pieces, 100);
    }

    static String capsules(List<ByteBuffer> pieces, int maxCapsuleSize) {
        CapsuleReader reader = new CapsuleReader(maxCapsuleSize);
        StringBuilder trace = new StringBuilder();
        try {
            for (ByteBuffer piece : pieces) {
                reader.feed(piece.duplicate());
                Capsule capsule;
                while ((capsule = reader.next()) != null) {
                    trace.append(capsule(capsule)).append("; ");
                }
            }
            reader.end();
            return trace.append("end").toString();
        } catch (ProtocolViolation violation) {
            return trace.append(violation(violation)).toString();
        }
    }

    private static String capsule(Capsule capsule) {
        return capsule instanceof Capsule.Datagram datagram
                ? "DATAGRAM " + Hex.of(datagram.payload())
                : capsule.toString();
    }

    /** The result of a preamble and the bytes that are left behind it. */
    static String preamble(StreamPreamble preamble, List<ByteBuffer> pieces) {
        StringBuilder rest = new StringBuilder();
        try {
            for (ByteBuffer piece : pieces) {
                ByteBuffer source = piece.duplicate();
                preamble.parse(source);
                rest.append(Hex.of(source));
            }
        } catch (ProtocolViolation violation) {
            return violation(violation);
        }
        return switch (preamble.result()) {
            case NEED_MORE -> "needs more";
            case WEBTRANSPORT -> "session " + preamble.sessionId() + " then " + rest;
            case HTTP3 -> "type " + preamble.type() + " in " + Hex.of(preamble.consumed()) + " then " + rest;
        };
    }
}
