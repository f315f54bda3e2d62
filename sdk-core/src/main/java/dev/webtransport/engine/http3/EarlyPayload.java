package dev.webtransport.engine.http3;

import dev.webtransport.engine.SessionState;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.wire.WireWriter;
import java.nio.ByteBuffer;

/**
 * Server: what a client sent behind its request and before the answer, not to be looked at until there is one
 * (draft-ietf-webtrans-http3-16, section 3.2).
 */
final class EarlyPayload {
    private final int limit;
    private WireWriter kept = new WireWriter(0);

    EarlyPayload(int limit) {
        this.limit = limit;
    }

    void keep(ByteBuffer payload) throws ProtocolViolation {
        //= rfc9114#10.5
        //# an endpoint may refuse what asks for too much
        if (kept.size() + payload.remaining() > limit) {
            throw ProtocolViolation.session(
                    Http3ErrorCode.H3_EXCESSIVE_LOAD,
                    "RFC 9114, section 10.5",
                    "more than " + limit + " bytes came before the request was answered");
        }
        kept.bytes(payload);
    }

    /** All that was kept, which is forgotten. */
    ByteBuffer take() {
        ByteBuffer all = kept.toByteBuffer();
        kept = new WireWriter(0);
        return all;
    }

    /** What is wrong with payload in a state in which there can be none. */
    static ProtocolViolation misplaced(SessionState state) {
        if (state == SessionState.ASKED) {
            //= rfc9114#4.1
            //# DATA before HEADERS is a connection error
            return ProtocolViolation.connection(
                    Http3ErrorCode.H3_FRAME_UNEXPECTED, "RFC 9114, section 4.1", "DATA before the answer");
        }
        //= draft-ietf-webtrans-http3-16#6
        //# bytes behind WT_CLOSE_SESSION reset the stream with H3_MESSAGE_ERROR
        return ProtocolViolation.session(
                Http3ErrorCode.H3_MESSAGE_ERROR,
                "draft-ietf-webtrans-http3-16, section 6",
                "there are bytes behind WT_CLOSE_SESSION");
    }
}
