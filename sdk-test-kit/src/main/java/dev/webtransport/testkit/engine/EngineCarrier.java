package dev.webtransport.testkit.engine;

import dev.webtransport.engine.EngineEvent;
import dev.webtransport.engine.http3.Fin;
import dev.webtransport.engine.http3.Http3Engine;
import dev.webtransport.engine.http3.QuicInput;
import dev.webtransport.engine.http3.QuicOutput;
import dev.webtransport.engine.http3.StreamRole;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.testkit.quic.EndpointStream;
import dev.webtransport.testkit.quic.QuicEndpoint;
import dev.webtransport.testkit.quic.QuicEvent;
import dev.webtransport.transport.QuicConnectionException;
import dev.webtransport.transport.QuicStreamResetException;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Carries to an engine what QUIC tells, and to QUIC what the engine asks, as the driver of real connections does: what the
 * engine must read is read for it, and the rest is left to the application.
 */
final class EngineCarrier {
    /** A preamble has at most 16 bytes, a request a few hundred; larger ones come in pieces. */
    private static final int READ_SIZE = 512;

    private final EngineEnd end;
    private final EnginePair pair;
    private final QuicEndpoint quic;
    private final Http3Engine engine;
    private final Map<Long, CarriedStream> streams = new LinkedHashMap<>();
    private boolean over;

    EngineCarrier(EngineEnd end, EnginePair pair, QuicEndpoint quic, Http3Engine engine) {
        this.end = end;
        this.pair = pair;
        this.quic = quic;
        this.engine = engine;
    }

    void carry(CarriedStream stream) {
        streams.put(stream.quic().id(), stream);
    }

    /** The connection has ended: the engine is asked no more, nor told. */
    void forget() {
        over = true;
        streams.clear();
    }

    /** A stream of the peer has found its session. */
    @Nullable
    EngineStream handOver(long streamId, long sessionId) {
        CarriedStream carried = streams.get(streamId);
        if (carried == null || carried.ofSession() != null) {
            return null;
        }
        EngineStream stream = EngineStream.incoming(end, carried.quic(), sessionId, carried.takeEarly());
        carried.giveTo(stream);
        return stream;
    }

    /** Carries until there is nothing to carry; whether there was anything. */
    boolean settle() {
        boolean moved = false;
        boolean again;
        do {
            again = false;
            for (QuicEvent event = quic.pollEvent(); event != null; event = quic.pollEvent()) {
                handle(event);
                again = true;
            }
            again |= settleEngine();
            moved |= again;
        } while (again);
        for (CarriedStream stream : streams.values()) {
            EngineStream ofSession = stream.ofSession();
            if (ofSession != null) {
                ofSession.noticeSendEnd();
            }
        }
        streams.values().removeIf(CarriedStream::isOver);
        return moved;
    }

    void addLeftovers(List<String> found) {
        for (CarriedStream stream : streams.values()) {
            if (!stream.isOfConnection()) {
                found.add(stream.toString());
            }
        }
    }

    // ---- what QUIC tells

    private void handle(QuicEvent event) {
        EndpointStream quicStream = event.stream();
        CarriedStream stream = quicStream == null ? null : streams.get(quicStream.id());
        switch (event.kind()) {
            case READABLE -> {
                if (stream != null) {
                    read(stream);
                }
            }
            case WRITABLE -> {
                if (stream != null) {
                    write(stream);
                }
            }
            case STREAM_ARRIVED -> {
                StreamType type = event.type();
                for (EndpointStream next = quic.acceptStream(type); next != null; next = quic.acceptStream(type)) {
                    CarriedStream arrived = CarriedStream.ofEngine(next, quic.perspective());
                    carry(arrived);
                    read(arrived);
                }
            }
            case DATAGRAM -> {
                for (ByteBuffer next = quic.receiveDatagram(); next != null; next = quic.receiveDatagram()) {
                    tell(new QuicInput.Datagram(next));
                    settleEngine();
                }
            }
            case STREAM_CREDIT, CLOSED -> {
                // Nobody waits for the one; who owns this asks for the other.
            }
        }
    }

    /** Reads for the engine as long as the bytes are its own. */
    private void read(CarriedStream stream) {
        long id = stream.quic().id();
        while (stream.isReadByEngine()) {
            byte[] bytes = new byte[READ_SIZE];
            try {
                int count = stream.quic().receive().read(ByteBuffer.wrap(bytes));
                if (count == 0) {
                    return;
                }
                give(stream, ByteBuffer.wrap(bytes, 0, Math.max(count, 0)), count < 0 ? Fin.YES : Fin.NO);
            } catch (QuicStreamResetException reset) {
                stream.nobodyReads();
                tell(new QuicInput.StreamReset(id, reset.getErrorCode()));
            } catch (QuicConnectionException gone) {
                stream.nobodyReads();
            }
            settleEngine();
        }
    }

    /** Gives bytes to the engine. What it leaves behind a preamble is kept before the turn ends, and with it the event. */
    private void give(CarriedStream stream, ByteBuffer data, Fin fin) {
        long id = stream.quic().id();
        tell(new QuicInput.StreamData(id, data, fin));
        StreamRole role = engine.roleOf(id);
        switch (role) {
            case UNDECIDED, ENGINE -> {
                if (fin == Fin.YES) {
                    stream.nobodyReads();
                }
            }
            case SESSION, WAITING -> stream.waitForSession(data.hasRemaining() ? data : null);
            case REFUSED -> stream.nobodyReads();
        }
    }

    private void tell(QuicInput input) {
        if (!over) {
            engine.handleInput(input, pair.nowNanos());
        }
    }

    private void write(CarriedStream stream) {
        EngineStream ofSession = stream.ofSession();
        if (ofSession != null) {
            ofSession.noticeSendEnd();
            return;
        }
        stream.write();
        OptionalLong stop = stream.sends() ? stream.pollStop() : OptionalLong.empty();
        if (stop.isPresent()) {
            tell(new QuicInput.SendingStopped(stream.quic().id(), stop));
            settleEngine();
        }
    }

    // ---- what the engine asks

    private boolean settleEngine() {
        boolean moved = false;
        boolean again;
        do {
            again = false;
            // Events first: who holds a stream that is about to be cut must find the end of its session told.
            for (EngineEvent event = poll(); event != null; event = poll()) {
                end.tell(event);
                again = true;
            }
            QuicOutput output = over ? null : engine.pollTransmit();
            if (output != null) {
                carryOut(output);
                again = true;
            }
            moved |= again;
        } while (again);
        return moved;
    }

    private @Nullable EngineEvent poll() {
        return over ? null : engine.pollEvent();
    }

    private void carryOut(QuicOutput output) {
        if (output instanceof QuicOutput.SendStream send) {
            CarriedStream stream = streams.get(send.streamId());
            if (stream != null && stream.sends()) {
                if (!stream.offer(send)) {
                    quic.close(Http3ErrorCode.H3_EXCESSIVE_LOAD, "the peer does not read " + stream);
                }
                write(stream);
            }
        } else if (output instanceof QuicOutput.ResetStream reset) {
            CarriedStream stream = streams.get(reset.streamId());
            if (stream != null && stream.sends()) {
                stream.dropWrites();
                stream.quic().send().reset(reset.errorCode());
                EngineStream ofSession = stream.ofSession();
                if (ofSession != null) {
                    ofSession.cutSend(reset.errorCode());
                }
            }
        } else if (output instanceof QuicOutput.StopSending stop) {
            CarriedStream stream = streams.get(stop.streamId());
            if (stream != null && stream.receives()) {
                stream.quic().receive().stopSending(stop.errorCode());
                EngineStream ofSession = stream.ofSession();
                if (ofSession == null) {
                    stream.nobodyReads();
                } else {
                    ofSession.cutReceive(stop.errorCode());
                }
            }
        } else if (output instanceof QuicOutput.CloseConnection close) {
            quic.close(close.errorCode(), close.reason());
        }
    }
}
