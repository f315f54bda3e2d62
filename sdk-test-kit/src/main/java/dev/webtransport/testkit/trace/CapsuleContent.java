package dev.webtransport.testkit.trace;

import dev.webtransport.codec.Capsule;
import dev.webtransport.codec.CapsuleReader;
import dev.webtransport.codec.CapsuleType;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.testkit.quic.Direction;
import java.nio.ByteBuffer;

/** Capsules in the DATA frames of a CONNECT stream. Behind a malformed one, the content is told as DATA. */
final class CapsuleContent {
    private final TracedStream stream;
    private final Direction direction;
    private final CapsuleReader capsules = new CapsuleReader(Trace.MAX_ELEMENT_SIZE);
    private boolean malformed;

    CapsuleContent(TracedStream stream, Direction direction) {
        this.stream = stream;
        this.direction = direction;
    }

    /** The next content, at most a byte: of more, the reader would keep what stands behind a violation to itself. */
    void read(ByteBuffer content) {
        if (malformed) {
            stream.log().payload(stream.place(direction), LineKind.DATA, content);
            return;
        }
        try {
            capsules.feed(content);
            for (Capsule capsule = capsules.next(); capsule != null; capsule = capsules.next()) {
                handleCapsule(capsule);
            }
        } catch (ProtocolViolation violation) {
            malformed = true;
            line(LineKind.MALFORMED, ErrorText.malformed(violation));
        }
    }

    void end() throws ProtocolViolation {
        if (!malformed) {
            capsules.end();
        }
    }

    private void handleCapsule(Capsule capsule) {
        if (capsule instanceof Capsule.CloseSession close) {
            String reason = ErrorText.reason(close.info().reason());
            line(LineKind.WT_CLOSE_SESSION, "WT_CLOSE_SESSION " + close.info().code() + reason);
        } else if (capsule instanceof Capsule.DrainSession) {
            line(LineKind.WT_DRAIN_SESSION, "WT_DRAIN_SESSION");
        } else if (capsule instanceof Capsule.Datagram datagram) {
            String payload = PayloadText.of(datagram.payload(), stream.log().shownPayload());
            line(LineKind.DATAGRAM, "DATAGRAM " + payload);
        } else if (capsule instanceof Capsule.Unknown unknown) {
            LineKind kind =
                    ReservedNumber.inCapsules(unknown.type()) ? LineKind.RESERVED_CAPSULE : LineKind.UNKNOWN_CAPSULE;
            line(kind, kind + " 0x" + Long.toHexString(unknown.type()) + " " + unknown.length());
        } else {
            handleCredit(capsule);
        }
    }

    private void handleCredit(Capsule capsule) {
        if (capsule instanceof Capsule.MaxData credit) {
            line(LineKind.WT_MAX_DATA, "WT_MAX_DATA " + credit.maxData());
        } else if (capsule instanceof Capsule.MaxStreams credit) {
            line(LineKind.WT_MAX_STREAMS, "WT_MAX_STREAMS " + credit.streamType() + " " + credit.maxStreams());
        } else if (capsule instanceof Capsule.DataBlocked blocked) {
            line(LineKind.WT_DATA_BLOCKED, "WT_DATA_BLOCKED " + blocked.limit());
        } else if (capsule instanceof Capsule.StreamsBlocked blocked) {
            line(LineKind.WT_STREAMS_BLOCKED, "WT_STREAMS_BLOCKED " + blocked.streamType() + " " + blocked.limit());
        } else if (capsule instanceof Capsule.PerStreamFlowControl perStream) {
            LineKind kind = perStream.type() == CapsuleType.WT_MAX_STREAM_DATA
                    ? LineKind.WT_MAX_STREAM_DATA
                    : LineKind.WT_STREAM_DATA_BLOCKED;
            line(kind, kind.name());
        } else {
            line(LineKind.OTHER, capsule.toString());
        }
    }

    private void line(LineKind kind, String what) {
        stream.log().line(stream.place(direction), kind, what);
    }
}
