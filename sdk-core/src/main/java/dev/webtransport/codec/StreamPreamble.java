package dev.webtransport.codec;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.StreamType;
import dev.webtransport.wire.VarInt;
import dev.webtransport.wire.WireReader;
import dev.webtransport.wire.WireWriter;
import java.nio.Buffer;
import java.nio.ByteBuffer;

/**
 * Reads the first bytes of an incoming stream, which say whether it belongs to a session of WebTransport or to HTTP/3
 * itself (draft-ietf-webtrans-http3-16, sections 4.2 and 4.3), and writes them for an outgoing one. What follows the
 * preamble
 * stays in the buffer untouched. Holds 16 bytes at most. Not for several threads at once.
 */
public final class StreamPreamble {
    private static final long UNKNOWN = WireReader.NEED_MORE;

    private final StreamType direction;
    private final ByteBuffer held = ByteBuffer.allocate(2 * VarInt.MAX_SIZE);

    /** To read what is held, again with each byte. */
    private final ByteBuffer view = held.duplicate();

    private final WireReader reader = new WireReader(view);
    private Result result = Result.NEED_MORE;
    private long type = UNKNOWN;
    private long sessionId = UNKNOWN;

    /** What the first bytes of a stream said. */
    public enum Result {
        /** Not enough of them have arrived. */
        NEED_MORE,
        /** The stream belongs to a session: see {@link #sessionId}. The payload of the application follows. */
        WEBTRANSPORT,
        /** The stream belongs to HTTP/3: see {@link #type}; of a bidirectional stream see {@link #consumed} too. */
        HTTP3
    }

    private StreamPreamble(StreamType direction) {
        this.direction = direction;
    }

    /**
     * A reader for a bidirectional stream that the peer opened.
     *
     * @return the reader
     */
    public static StreamPreamble ofBidirectional() {
        return new StreamPreamble(StreamType.BIDIRECTIONAL);
    }

    /**
     * A reader for a unidirectional stream that the peer opened.
     *
     * @return the reader
     */
    public static StreamPreamble ofUnidirectional() {
        return new StreamPreamble(StreamType.UNIDIRECTIONAL);
    }

    /**
     * What a unidirectional stream of a session begins with.
     *
     * @param sessionId the id of the CONNECT stream
     * @return the bytes
     * @throws IllegalArgumentException if the id is not that of a client-initiated bidirectional stream
     */
    public static ByteBuffer unidirectional(long sessionId) {
        return preamble(Http3StreamType.WEBTRANSPORT_STREAM, sessionId);
    }

    /**
     * What a bidirectional stream of a session begins with, on the side of its initiator.
     *
     * @param sessionId the id of the CONNECT stream
     * @return the bytes
     * @throws IllegalArgumentException if the id is not that of a client-initiated bidirectional stream
     */
    public static ByteBuffer bidirectional(long sessionId) {
        return preamble(Http3FrameType.WT_STREAM, sessionId);
    }

    /**
     * Reads on. Takes from the buffer the bytes of the preamble and no other; takes nothing once the answer is known.
     *
     * @param src the next bytes of the stream; its position moves behind what was taken
     * @return the answer, or {@link Result#NEED_MORE} when all bytes were taken and more are needed
     * @throws ProtocolViolation H3_ID_ERROR at connection scope if the session id is not that of a client-initiated
     *     bidirectional stream
     */
    public Result parse(ByteBuffer src) throws ProtocolViolation {
        while (result == Result.NEED_MORE && src.hasRemaining()) {
            held.put(src.get());
            result = judge();
        }
        return result;
    }

    /**
     * The answer so far.
     *
     * @return the result of the last {@link #parse}
     */
    public Result result() {
        return result;
    }

    /**
     * The type of a unidirectional stream, or the first number of a bidirectional one, which is a frame type.
     *
     * @return 0 to 2^62-1
     * @throws IllegalStateException while the answer is not known
     */
    public long type() {
        if (result == Result.NEED_MORE) {
            throw new IllegalStateException("the type of the stream has not arrived");
        }
        return type;
    }

    /**
     * The session of the stream.
     *
     * @return the id of the CONNECT stream
     * @throws IllegalStateException unless the result is {@link Result#WEBTRANSPORT}
     */
    public long sessionId() {
        if (result != Result.WEBTRANSPORT) {
            throw new IllegalStateException("the stream has no session: " + result);
        }
        return sessionId;
    }

    /**
     * Every byte that {@link #parse} took. Of a request stream they are the beginning of its first frame: feed them to
     * the
     * {@link Http3FrameReader} before the rest.
     *
     * @return a copy of 0 to 16 bytes
     */
    public ByteBuffer consumed() {
        return new WireWriter(held.position()).bytes(heldSoFar()).toByteBuffer();
    }

    private Result judge() throws ProtocolViolation {
        heldSoFar();
        type = reader.readVarInt();
        if (type == UNKNOWN) {
            return Result.NEED_MORE;
        }
        if (type != signal()) {
            return Result.HTTP3;
        }
        sessionId = reader.readVarInt();
        if (sessionId == UNKNOWN) {
            return Result.NEED_MORE;
        }
        //= draft-ietf-webtrans-http3-16#4
        //# a session id that no client-initiated bidirectional stream can have is a connection error
        if (!isSessionId(sessionId)) {
            throw ProtocolViolation.connection(
                    Http3ErrorCode.H3_ID_ERROR,
                    "draft-ietf-webtrans-http3-16, section 4",
                    "session id " + sessionId + " is not the id of a client-initiated bidirectional stream");
        }
        return Result.WEBTRANSPORT;
    }

    private ByteBuffer heldSoFar() {
        ((Buffer) view).position(0);
        ((Buffer) view).limit(held.position());
        return view;
    }

    private long signal() {
        return direction == StreamType.BIDIRECTIONAL ? Http3FrameType.WT_STREAM : Http3StreamType.WEBTRANSPORT_STREAM;
    }

    private static ByteBuffer preamble(long signal, long sessionId) {
        checkSessionId(sessionId);
        return new WireWriter(2 + VarInt.MAX_SIZE)
                .varInt(signal)
                .varInt(sessionId)
                .toByteBuffer();
    }

    static boolean isSessionId(long id) {
        return id % 4 == 0;
    }

    static void checkSessionId(long id) {
        if (id < 0 || id > VarInt.MAX || !isSessionId(id)) {
            throw new IllegalArgumentException(
                    "session id " + id + " is not the id of a client-initiated bidirectional stream");
        }
    }
}
