package dev.webtransport.engine.http3;

import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;

/** What the two lowest bits of a QUIC stream id tell (RFC 9000, section 2.1). */
final class StreamId {
    /** From one stream to the next of the same type. */
    static final long STEP = 4;

    private StreamId() {}

    static Perspective initiator(long streamId) {
        return (streamId & 0x1) == 0 ? Perspective.CLIENT : Perspective.SERVER;
    }

    static StreamType type(long streamId) {
        return (streamId & 0x2) == 0 ? StreamType.BIDIRECTIONAL : StreamType.UNIDIRECTIONAL;
    }

    static boolean isRequest(long streamId) {
        return (streamId & 0x3) == 0;
    }
}
