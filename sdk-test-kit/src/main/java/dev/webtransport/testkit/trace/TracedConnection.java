package dev.webtransport.testkit.trace;

import dev.webtransport.codec.HttpDatagram;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.testkit.quic.QuicFrame;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes down what the frames of one QUIC connection say; the bytes of its streams it hands to these. */
final class TracedConnection {
    /** How many ended streams are remembered, so that a late frame is still known to belong to their session. */
    private static final int MAX_ENDED_STREAMS = 1_000;

    private final LineLog log;
    private final TraceOptions.Detail detail;
    private final Map<Long, TracedStream> open = bounded(Trace.MAX_OPEN_STREAMS);
    private final Map<Long, TracedStream> ended = bounded(MAX_ENDED_STREAMS);

    TracedConnection(LineLog log, TraceOptions.Detail detail) {
        this.log = log;
        this.detail = detail;
    }

    void handleFrame(Direction direction, QuicFrame frame) {
        if (frame instanceof QuicFrame.Stream data) {
            stream(data.streamId()).handleData(direction, data.offset(), data.data(), data.fin());
            forgetIfEnded(data.streamId());
        } else if (frame instanceof QuicFrame.ResetStream reset) {
            stream(reset.streamId()).handleReset(direction, reset.errorCode());
            forgetIfEnded(reset.streamId());
        } else if (frame instanceof QuicFrame.StopSending stop) {
            String what = "STOP_SENDING " + ErrorText.code(stop.errorCode());
            log.line(stream(stop.streamId()).place(direction), LineKind.STOP_SENDING, what);
        } else if (frame instanceof QuicFrame.Datagram datagram) {
            handleDatagram(direction, datagram.payload());
        } else if (frame instanceof QuicFrame.ConnectionClose close) {
            String what = "CONNECTION_CLOSE " + ErrorText.code(close.errorCode()) + ErrorText.reason(close.reason());
            log.line(LinePlace.connection(direction), LineKind.CONNECTION_CLOSE, what);
        } else {
            handleUpkeep(direction, frame);
        }
    }

    private void handleDatagram(Direction direction, ByteBuffer content) {
        try {
            HttpDatagram datagram = HttpDatagram.decode(content);
            LinePlace place = LinePlace.session(direction, datagram.sessionId());
            String payload = PayloadText.of(datagram.payload(), log.shownPayload());
            log.line(place, LineKind.DATAGRAM, "DATAGRAM session " + datagram.sessionId() + " " + payload);
        } catch (ProtocolViolation violation) {
            log.line(LinePlace.connection(direction), LineKind.MALFORMED, ErrorText.malformed(violation));
        }
    }

    /** What only keeps QUIC going does not part payload: it would stand elsewhere if the bytes were cut otherwise. */
    private void handleUpkeep(Direction direction, QuicFrame frame) {
        if (frame instanceof QuicFrame.MaxStreamData credit) {
            LinePlace place = stream(credit.streamId()).place(direction);
            upkeep(place, LineKind.MAX_STREAM_DATA, " " + credit.limit());
        } else if (frame instanceof QuicFrame.MaxData credit) {
            upkeep(LinePlace.connection(direction), LineKind.MAX_DATA, " " + credit.limit());
        } else if (frame instanceof QuicFrame.MaxStreams credit) {
            upkeep(LinePlace.connection(direction), LineKind.MAX_STREAMS, " " + credit.type() + " " + credit.limit());
        } else if (frame instanceof QuicFrame.Ping) {
            upkeep(LinePlace.connection(direction), LineKind.PING, "");
        } else if (frame instanceof QuicFrame.Ack) {
            upkeep(LinePlace.connection(direction), LineKind.ACK, "");
        } else {
            log.line(LinePlace.connection(direction), LineKind.OTHER, frame.toString());
        }
    }

    private void upkeep(LinePlace place, LineKind kind, String what) {
        if (detail == TraceOptions.Detail.DETAILED) {
            log.aside(place, kind, kind + what);
        }
    }

    private TracedStream stream(long id) {
        TracedStream stream = ended.get(id);
        return stream == null ? open.computeIfAbsent(id, key -> new TracedStream(id, log)) : stream;
    }

    private void forgetIfEnded(long id) {
        TracedStream stream = open.get(id);
        if (stream != null && stream.hasEnded()) {
            open.remove(id);
            ended.put(id, stream);
        }
    }

    /** A map that forgets its oldest entry when there are too many. */
    private static Map<Long, TracedStream> bounded(int maxSize) {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, TracedStream> eldest) {
                return size() > maxSize;
            }
        };
    }
}
