package dev.webtransport.testkit.engine;

import dev.webtransport.engine.http3.QuicOutput;
import dev.webtransport.testkit.quic.EndpointStream;
import dev.webtransport.testkit.quic.StreamIds;
import dev.webtransport.transport.QuicConnectionException;
import dev.webtransport.transport.QuicStreamStoppedException;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A QUIC stream as the driver of an engine holds it: who reads it, and what the engine still has to say on it. */
final class CarriedStream {
    /** A peer that lets this many writes pile up reads nothing. */
    static final int MAX_QUEUED_WRITES = 64;

    private final EndpointStream quic;
    private final boolean sends;
    private final boolean receives;

    /** What the engine writes; null until it writes anything. */
    private @Nullable ArrayDeque<QuicOutput.SendStream> writes;

    private boolean stopTold;
    private Reader reader;
    private @Nullable ByteBuffer early;
    private @Nullable EngineStream ofSession;

    /** Who reads the incoming half. */
    private enum Reader {
        ENGINE,
        /** Nobody yet: its session is not there. */
        WAITING,
        APPLICATION,
        NOBODY
    }

    private CarriedStream(EndpointStream quic, Perspective end) {
        boolean both = quic.type() == StreamType.BIDIRECTIONAL;
        boolean opened = StreamIds.opener(quic.id()) == end;
        this.quic = quic;
        this.sends = both || opened;
        this.receives = both || !opened;
        this.reader = receives ? Reader.ENGINE : Reader.NOBODY;
    }

    static CarriedStream ofEngine(EndpointStream quic, Perspective end) {
        return new CarriedStream(quic, end);
    }

    static CarriedStream ofSession(EndpointStream quic, Perspective end, EngineStream stream) {
        CarriedStream carried = new CarriedStream(quic, end);
        carried.giveTo(stream);
        return carried;
    }

    EndpointStream quic() {
        return quic;
    }

    boolean sends() {
        return sends;
    }

    boolean receives() {
        return receives;
    }

    @Nullable
    EngineStream ofSession() {
        return ofSession;
    }

    // ---- reading

    boolean isReadByEngine() {
        return reader == Reader.ENGINE;
    }

    void nobodyReads() {
        reader = Reader.NOBODY;
    }

    /** The stream belongs to a session that is there, or will be; what came behind the preamble is kept for it. */
    void waitForSession(@Nullable ByteBuffer behindPreamble) {
        reader = Reader.WAITING;
        early = behindPreamble;
    }

    @Nullable
    ByteBuffer takeEarly() {
        ByteBuffer taken = early;
        early = null;
        return taken;
    }

    void giveTo(EngineStream stream) {
        ofSession = stream;
        reader = receives ? Reader.APPLICATION : Reader.NOBODY;
    }

    /** Whether it lives as long as the connection, or may: a stream of HTTP/3 itself. */
    boolean isOfConnection() {
        return quic.type() == StreamType.UNIDIRECTIONAL && ofSession == null && reader != Reader.WAITING;
    }

    // ---- writing

    /** Queues one write of the engine; false when too many wait. */
    boolean offer(QuicOutput.SendStream output) {
        if (writes == null) {
            writes = new ArrayDeque<>();
        }
        return writes.size() < MAX_QUEUED_WRITES && writes.add(output);
    }

    void dropWrites() {
        if (writes != null) {
            writes.clear();
        }
    }

    /** Writes what the send buffer takes. */
    void write() {
        if (writes == null) {
            return;
        }
        try {
            while (!writes.isEmpty()) {
                QuicOutput.SendStream next = writes.peekFirst();
                if (next.data().hasRemaining()) {
                    quic.send().write(next.data());
                }
                if (next.data().hasRemaining()) {
                    return;
                }
                if (next.fin()) {
                    quic.send().finish();
                }
                writes.removeFirst();
            }
        } catch (QuicStreamStoppedException | QuicConnectionException over) {
            // Whoever asks the half why it is over tells the engine.
            writes.clear();
        }
    }

    /** The code of the peer's STOP_SENDING on a stream that the engine writes; once. */
    OptionalLong pollStop() {
        OptionalLong code =
                writes == null || stopTold ? OptionalLong.empty() : quic.send().stopCode();
        stopTold |= code.isPresent();
        return code;
    }

    /** Whether nothing more happens on the stream, so that it can be forgotten. */
    boolean isOver() {
        boolean sendOver = !sends || quic.send().isOver();
        boolean receiveOver =
                reader == Reader.NOBODY && (!receives || quic.receive().isOver());
        return ofSession == null
                ? sendOver && receiveOver
                : ofSession.isOver() && sendOver && (!receives || quic.receive().isOver());
    }

    @Override
    public String toString() {
        return quic + (ofSession == null ? "" : " of session " + ofSession.sessionId()) + ", read by " + reader;
    }
}
