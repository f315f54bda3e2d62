package dev.webtransport.codec;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.wire.VarInt;
import dev.webtransport.wire.WireReader;
import dev.webtransport.wire.WireWriter;
import java.nio.ByteBuffer;

/**
 * The content of a QUIC DATAGRAM frame that belongs to a session: the quarter of its id, then the payload of the
 * application
 * (RFC 9297 section 2.1, draft-ietf-webtrans-http3-16 section 4.5).
 */
public final class HttpDatagram {
    private static final long MAX_QUARTER_STREAM_ID = (1L << 60) - 1;

    private final long sessionId;
    private final ByteBuffer payload;

    private HttpDatagram(long sessionId, ByteBuffer payload) {
        this.sessionId = sessionId;
        this.payload = payload;
    }

    /**
     * How many bytes stand before the payload.
     *
     * @param sessionId the id of the CONNECT stream
     * @return 1, 2, 4 or 8
     * @throws IllegalArgumentException if the id is not that of a client-initiated bidirectional stream
     */
    public static int overhead(long sessionId) {
        StreamPreamble.checkSessionId(sessionId);
        return VarInt.size(sessionId / 4);
    }

    /**
     * Writes a datagram.
     *
     * @param sessionId the id of the CONNECT stream
     * @param payload the payload of the application; its position stays
     * @return the content of a QUIC DATAGRAM frame
     * @throws IllegalArgumentException if the id is not that of a client-initiated bidirectional stream
     */
    public static ByteBuffer encode(long sessionId, ByteBuffer payload) {
        return new WireWriter(overhead(sessionId) + payload.remaining())
                .varInt(sessionId / 4)
                .bytes(payload)
                .toByteBuffer();
    }

    /**
     * Reads a datagram.
     *
     * @param datagram the content of a QUIC DATAGRAM frame; its position moves
     * @return session and payload
     * @throws ProtocolViolation H3_DATAGRAM_ERROR at connection scope if no quarter stream id can be read, or it is
     *     larger
     *     than a stream id allows
     */
    public static HttpDatagram decode(ByteBuffer datagram) throws ProtocolViolation {
        long quarterStreamId = new WireReader(datagram).readVarInt();
        //= rfc9297#2.1
        //# a datagram too short to hold a quarter stream id is a connection error
        if (quarterStreamId == WireReader.NEED_MORE) {
            throw violation("a datagram of " + datagram.remaining() + " bytes holds no quarter stream id");
        }
        //= rfc9297#2.1
        //# a quarter stream id above 2^60-1 is a connection error
        if (quarterStreamId > MAX_QUARTER_STREAM_ID) {
            throw violation("quarter stream id " + quarterStreamId + " is larger than " + MAX_QUARTER_STREAM_ID);
        }
        return new HttpDatagram(quarterStreamId * 4, datagram.slice());
    }

    /**
     * The id of the CONNECT stream.
     *
     * @return 0 to 2^62-4, divisible by 4
     */
    public long sessionId() {
        return sessionId;
    }

    /**
     * The payload of the application.
     *
     * @return a view, not a copy, of what was decoded
     */
    public ByteBuffer payload() {
        return payload.duplicate();
    }

    private static ProtocolViolation violation(String message) {
        return ProtocolViolation.connection(Http3ErrorCode.H3_DATAGRAM_ERROR, "RFC 9297, section 2.1", message);
    }
}
