package dev.webtransport.codec;

import dev.webtransport.wire.VarInt;
import dev.webtransport.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.Map;

/** Writes the frames of HTTP/3 (RFC 9114, section 7.2). */
public final class Http3FrameWriter {
    private Http3FrameWriter() {}

    /**
     * A SETTINGS frame.
     *
     * @param settings values by identifier, written in the order of the map
     * @return the frame
     * @throws IllegalArgumentException if a number is outside 0 to 2^62-1
     */
    public static ByteBuffer settings(Map<Long, Long> settings) {
        WireWriter payload = new WireWriter();
        settings.forEach((identifier, value) -> payload.varInt(identifier).varInt(value));
        return frame(Http3FrameType.SETTINGS, payload.toByteBuffer());
    }

    /**
     * A HEADERS frame.
     *
     * @param fieldSection an encoded field section; its position stays
     * @return the frame
     */
    public static ByteBuffer headers(ByteBuffer fieldSection) {
        return frame(Http3FrameType.HEADERS, fieldSection);
    }

    /**
     * A DATA frame.
     *
     * @param payload the bytes; its position stays
     * @return the frame
     */
    public static ByteBuffer data(ByteBuffer payload) {
        return frame(Http3FrameType.DATA, payload);
    }

    /**
     * A GOAWAY frame.
     *
     * @param id from a server a client-initiated bidirectional stream id, from a client a push id
     * @return the frame
     * @throws IllegalArgumentException if the id is outside 0 to 2^62-1
     */
    public static ByteBuffer goAway(long id) {
        return frame(
                Http3FrameType.GOAWAY,
                new WireWriter(VarInt.MAX_SIZE).varInt(id).toByteBuffer());
    }

    /**
     * A frame of a reserved type that means nothing and that every peer ignores (RFC 9114, section 7.2.8).
     *
     * @param n picks the type 0x1f * n + 0x21
     * @param payload any bytes; its position stays
     * @return the frame
     * @throws IllegalArgumentException if n is out of range
     */
    public static ByteBuffer reserved(long n, ByteBuffer payload) {
        return frame(Http3FrameType.reserved(n), payload);
    }

    private static ByteBuffer frame(long type, ByteBuffer payload) {
        return new WireWriter(2 * VarInt.MAX_SIZE + payload.remaining())
                .varInt(type)
                .varInt(payload.remaining())
                .bytes(payload)
                .toByteBuffer();
    }
}
