package dev.webtransport.testkit.quic;

import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;

/** What a stream id tells (RFC 9000, section 2.1). */
public final class StreamIds {
    private static final long SERVER_INITIATED = 0x1;
    private static final long UNIDIRECTIONAL = 0x2;

    private StreamIds() {}

    /**
     * The id of a stream.
     *
     * @param sequence how many streams of this type its opener had opened before
     * @param type which kind
     * @param opener who opened it
     * @return the id
     */
    public static long id(long sequence, StreamType type, Perspective opener) {
        //= rfc9000#2.1
        //# the lowest bit names the opener, the next one the type
        return sequence << 2
                | (type == StreamType.UNIDIRECTIONAL ? UNIDIRECTIONAL : 0)
                | (opener == Perspective.SERVER ? SERVER_INITIATED : 0);
    }

    /**
     * Which kind of stream it is.
     *
     * @param id the stream id
     * @return the type
     */
    public static StreamType type(long id) {
        return (id & UNIDIRECTIONAL) == 0 ? StreamType.BIDIRECTIONAL : StreamType.UNIDIRECTIONAL;
    }

    /**
     * Who opened the stream.
     *
     * @param id the stream id
     * @return the end
     */
    public static Perspective opener(long id) {
        return (id & SERVER_INITIATED) == 0 ? Perspective.CLIENT : Perspective.SERVER;
    }

    static long sequence(long id) {
        return id >> 2;
    }
}
