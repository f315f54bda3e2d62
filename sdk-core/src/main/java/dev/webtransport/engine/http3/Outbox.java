package dev.webtransport.engine.http3;

import dev.webtransport.engine.EngineEvent;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the driver: outputs for QUIC and events. The driver empties both after every call into the engine, so
 * that
 * they hold no more than one call makes: a few items per stream that it touches and per frame that it brings.
 */
final class Outbox {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Deque<QuicOutput> outputs = new ArrayDeque<>();
    private final Deque<EngineEvent> events = new ArrayDeque<>();

    void send(long streamId, ByteBuffer data, Fin fin) {
        outputs.add(new QuicOutput.SendStream(streamId, data, fin == Fin.YES));
    }

    void sendFin(long streamId) {
        send(streamId, NOTHING.duplicate(), Fin.YES);
    }

    void reset(long streamId, long errorCode) {
        outputs.add(new QuicOutput.ResetStream(streamId, errorCode));
    }

    void stopSending(long streamId, long errorCode) {
        outputs.add(new QuicOutput.StopSending(streamId, errorCode));
    }

    void closeConnection(long errorCode, String reason) {
        outputs.add(new QuicOutput.CloseConnection(errorCode, reason));
    }

    void event(EngineEvent event) {
        events.add(event);
    }

    @Nullable
    QuicOutput pollOutput() {
        return outputs.poll();
    }

    @Nullable
    EngineEvent pollEvent() {
        return events.poll();
    }

    int size() {
        return outputs.size() + events.size();
    }
}
