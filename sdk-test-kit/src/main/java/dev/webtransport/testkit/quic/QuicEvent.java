package dev.webtransport.testkit.quic;

import dev.webtransport.value.StreamType;
import org.jspecify.annotations.Nullable;

/** What an endpoint tells its user: that it is worth to look again. It hands over nothing. */
public final class QuicEvent {
    /** What may have changed. */
    public enum Kind {
        /** A stream has bytes, or its end, or the connection's end concerns who reads it. */
        READABLE,
        /** A stream has room, or can send no more. */
        WRITABLE,
        /** A stream of the peer waits to be accepted; of the event's type. */
        STREAM_ARRIVED,
        /** There is credit for another stream; of the event's type. */
        STREAM_CREDIT,
        /** A datagram waits. */
        DATAGRAM,
        /** The queue of outgoing datagrams has room again. */
        DATAGRAM_ROOM,
        /** The connection is over. */
        CLOSED
    }

    private final Kind kind;
    private final @Nullable EndpointStream stream;
    private final @Nullable StreamType type;

    private QuicEvent(Kind kind, @Nullable EndpointStream stream, @Nullable StreamType type) {
        this.kind = kind;
        this.stream = stream;
        this.type = type;
    }

    static QuicEvent of(Kind kind) {
        return new QuicEvent(kind, null, null);
    }

    static QuicEvent of(Kind kind, EndpointStream stream) {
        return new QuicEvent(kind, stream, null);
    }

    static QuicEvent of(Kind kind, StreamType type) {
        return new QuicEvent(kind, null, type);
    }

    /**
     * What may have changed.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * The stream of READABLE and WRITABLE.
     *
     * @return the stream, null for other kinds
     */
    public @Nullable EndpointStream stream() {
        return stream;
    }

    /**
     * The type of STREAM_ARRIVED and STREAM_CREDIT.
     *
     * @return the type, null for other kinds
     */
    public @Nullable StreamType type() {
        return type;
    }

    @Override
    public String toString() {
        return kind + (stream == null ? "" : " " + stream.id()) + (type == null ? "" : " " + type);
    }
}
