package dev.webtransport.codec;

import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.StreamType;
import dev.webtransport.wire.VarInt;
import dev.webtransport.wire.WireWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes capsules; each goes into DATA frames of the CONNECT stream (RFC 9297 section 3.2, draft-ietf-webtrans-http3-16
 * sections 4.7, 5.6 and 6).
 */
public final class CapsuleWriter {
    private static final long MAX_STREAM_COUNT = 1L << 60;

    private CapsuleWriter() {}

    /**
     * WT_CLOSE_SESSION; FIN has to follow it at once.
     *
     * @param info code and reason
     * @return the capsule
     */
    public static ByteBuffer closeSession(CloseInfo info) {
        return capsule(
                CapsuleType.WT_CLOSE_SESSION,
                new WireWriter()
                        .uint32(info.code())
                        .bytes(info.reason().getBytes(StandardCharsets.UTF_8))
                        .toByteBuffer());
    }

    /**
     * WT_DRAIN_SESSION.
     *
     * @return the capsule
     */
    public static ByteBuffer drainSession() {
        return capsule(CapsuleType.WT_DRAIN_SESSION, ByteBuffer.allocate(0));
    }

    /**
     * WT_MAX_DATA.
     *
     * @param maxData bytes, 0 to 2^62-1
     * @return the capsule
     * @throws IllegalArgumentException if out of range
     */
    public static ByteBuffer maxData(long maxData) {
        return number(CapsuleType.WT_MAX_DATA, maxData);
    }

    /**
     * WT_MAX_STREAMS.
     *
     * @param streamType which kind of stream
     * @param maxStreams 0 to 2^60
     * @return the capsule
     * @throws IllegalArgumentException if out of range
     */
    public static ByteBuffer maxStreams(StreamType streamType, long maxStreams) {
        return number(
                streamType == StreamType.BIDIRECTIONAL
                        ? CapsuleType.WT_MAX_STREAMS_BIDI
                        : CapsuleType.WT_MAX_STREAMS_UNI,
                checkStreamCount(maxStreams));
    }

    /**
     * WT_DATA_BLOCKED.
     *
     * @param limit the limit at which this end stands, in bytes, 0 to 2^62-1
     * @return the capsule
     * @throws IllegalArgumentException if out of range
     */
    public static ByteBuffer dataBlocked(long limit) {
        return number(CapsuleType.WT_DATA_BLOCKED, limit);
    }

    /**
     * WT_STREAMS_BLOCKED.
     *
     * @param streamType which kind of stream
     * @param limit the limit at which this end stands, 0 to 2^60
     * @return the capsule
     * @throws IllegalArgumentException if out of range
     */
    public static ByteBuffer streamsBlocked(StreamType streamType, long limit) {
        return number(
                streamType == StreamType.BIDIRECTIONAL
                        ? CapsuleType.WT_STREAMS_BLOCKED_BIDI
                        : CapsuleType.WT_STREAMS_BLOCKED_UNI,
                checkStreamCount(limit));
    }

    /**
     * DATAGRAM: a datagram that travels reliably.
     *
     * @param payload the payload of the application; its position stays
     * @return the capsule
     */
    public static ByteBuffer datagram(ByteBuffer payload) {
        return capsule(CapsuleType.DATAGRAM, payload);
    }

    private static long checkStreamCount(long count) {
        if (count < 0 || count > MAX_STREAM_COUNT) {
            throw new IllegalArgumentException(count + " streams are outside 0.." + MAX_STREAM_COUNT);
        }
        return count;
    }

    private static ByteBuffer number(long type, long value) {
        return capsule(type, new WireWriter(VarInt.MAX_SIZE).varInt(value).toByteBuffer());
    }

    private static ByteBuffer capsule(long type, ByteBuffer value) {
        return new WireWriter(2 * VarInt.MAX_SIZE + value.remaining())
                .varInt(type)
                .varInt(value.remaining())
                .bytes(value)
                .toByteBuffer();
    }
}
