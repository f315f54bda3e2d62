package dev.webtransport.testkit.trace;

import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.testkit.quic.Frames;
import dev.webtransport.testkit.quic.QuicFrame;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** A connection of bytes written by hand, with a trace that listens. */
final class Wire {
    /** HEADERS: CONNECT, webtransport-h3, https, /. */
    static final String CONNECT = "0120 0000 cf 27023a70726f746f636f6c 0f7765627472616e73706f72742d6833 d7 c1";

    /** HEADERS: 200. */
    static final String OK = "0103 0000d9";

    final Trace trace;
    private final Map<String, Long> offsets = new HashMap<>();
    private long nowNanos = 5_000_000_000L;

    Wire() {
        this(TraceOptions.DEFAULT);
    }

    Wire(TraceOptions options) {
        this.trace = new Trace(options);
    }

    /** Bytes from the client, hexadecimal, the stream's end if FIN stands behind them. */
    Wire client(long streamId, String content) {
        return stream(Direction.CLIENT_TO_SERVER, streamId, content, Integer.MAX_VALUE);
    }

    /** The same from the server. */
    Wire server(long streamId, String content) {
        return stream(Direction.SERVER_TO_CLIENT, streamId, content, Integer.MAX_VALUE);
    }

    Wire stream(Direction direction, long streamId, String content, int split) {
        boolean fin = content.endsWith("FIN");
        byte[] bytes = bytes(content.replace("FIN", ""));
        if (split >= bytes.length) {
            return stream(direction, streamId, bytes, fin);
        }
        return stream(direction, streamId, Arrays.copyOfRange(bytes, 0, split), false).stream(
                direction, streamId, Arrays.copyOfRange(bytes, split, bytes.length), fin);
    }

    Wire stream(Direction direction, long streamId, byte[] bytes, boolean fin) {
        long end = offsets.merge(direction + " " + streamId, (long) bytes.length, Long::sum);
        return frame(direction, Frames.stream(streamId, end - bytes.length, bytes, fin));
    }

    Wire client(QuicFrame frame) {
        return frame(Direction.CLIENT_TO_SERVER, frame);
    }

    Wire server(QuicFrame frame) {
        return frame(Direction.SERVER_TO_CLIENT, frame);
    }

    Wire frame(Direction direction, QuicFrame frame) {
        trace.handleFrame(direction, frame, nowNanos);
        return this;
    }

    Wire advanceMicros(long micros) {
        nowNanos += micros * 1_000;
        return this;
    }

    static byte[] bytes(String hex) {
        String digits = hex.replace(" ", "");
        byte[] bytes = new byte[digits.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
        }
        return bytes;
    }
}
