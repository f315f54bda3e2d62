package dev.webtransport.testkit.quic;

import dev.webtransport.value.StreamType;

/** Frames by hand, for tests of who looks at them. */
public final class Frames {
    private Frames() {}

    public static QuicFrame stream(long streamId, long offset, byte[] data, boolean fin) {
        return new QuicFrame.Stream(streamId, offset, data, fin);
    }

    public static QuicFrame resetStream(long streamId, long errorCode) {
        return new QuicFrame.ResetStream(streamId, errorCode, 0, 0);
    }

    public static QuicFrame stopSending(long streamId, long errorCode) {
        return new QuicFrame.StopSending(streamId, errorCode);
    }

    public static QuicFrame datagram(byte[] payload) {
        return new QuicFrame.Datagram(payload);
    }

    public static QuicFrame connectionClose(long errorCode, String reason) {
        return new QuicFrame.ConnectionClose(errorCode, reason);
    }

    public static QuicFrame maxData(long limit) {
        return new QuicFrame.MaxData(limit);
    }

    public static QuicFrame maxStreamData(long streamId, long limit) {
        return new QuicFrame.MaxStreamData(streamId, limit);
    }

    public static QuicFrame maxStreams(StreamType type, long limit) {
        return new QuicFrame.MaxStreams(type, limit);
    }

    public static QuicFrame ping() {
        return QuicFrame.Ping.INSTANCE;
    }

    public static QuicFrame ack() {
        return QuicFrame.Ack.INSTANCE;
    }
}
