package dev.webtransport.engine.http3;

import dev.webtransport.config.Http3Config;
import dev.webtransport.engine.EngineEvent;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Perspective;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A client and a server back to back: what one asks of QUIC the other is told, in order and at once. Payload of streams of
 * sessions does not exist here; their preambles, ends, resets and stops do.
 */
final class EnginePair {
    final End client;
    final End server;
    long now;

    EnginePair(Http3Config clientConfig, Http3Config serverConfig) {
        client = new End(Perspective.CLIENT, clientConfig);
        server = new End(Perspective.SERVER, serverConfig);
        client.peer = server;
        server.peer = client;
        client.engine.start(client.nextUnidirectional(), PeerDatagrams.SUPPORTED, now);
        server.engine.start(server.nextUnidirectional(), PeerDatagrams.SUPPORTED, now);
        pump();
    }

    EnginePair() {
        this(Http3Config.defaults(), Http3Config.defaults());
    }

    /** Carries everything to the other end until nothing moves. */
    void pump() {
        while (client.carry() | server.carry()) {
            // Again: what arrived may have made more.
        }
    }

    /** The server accepts whatever is asked for. */
    long session() {
        long id = client.connect();
        pump();
        server.engine.accept(id, null, Headers.EMPTY, now);
        pump();
        return id;
    }

    /** One end: its engine, and the QUIC below it as far as it matters. */
    final class End {
        final Http3Engine engine;
        private final List<String> events = new ArrayList<>();
        private final Perspective perspective;
        private long unidirectional;
        private long bidirectional;
        private End peer;
        private boolean dead;

        private End(Perspective perspective, Http3Config config) {
            this.perspective = perspective;
            this.engine = new Http3Engine(perspective, config);
            this.unidirectional = perspective == Perspective.CLIENT ? 2 : 3;
            this.bidirectional = perspective == Perspective.CLIENT ? 0 : 1;
        }

        long nextUnidirectional() {
            unidirectional += 4;
            return unidirectional - 4;
        }

        long nextBidirectional() {
            bidirectional += 4;
            return bidirectional - 4;
        }

        long connect() {
            long id = nextBidirectional();
            engine.connect(
                    id, new SessionParameters("example.com", "/", Optional.empty(), Headers.EMPTY, List.of()), now);
            return id;
        }

        /** Tells this end bytes that the peer sent. */
        void receive(long streamId, ByteBuffer data, Fin fin) {
            engine.handleInput(new QuicInput.StreamData(streamId, data, fin), now);
        }

        void receiveReset(long streamId, long code) {
            engine.handleInput(new QuicInput.StreamReset(streamId, code), now);
        }

        List<String> events() {
            List<String> taken = new ArrayList<>(events);
            events.clear();
            return taken;
        }

        private boolean carry() {
            boolean moved = false;
            for (QuicOutput output = engine.pollTransmit(); output != null; output = engine.pollTransmit()) {
                moved = true;
                tell(output);
            }
            for (EngineEvent event = engine.pollEvent(); event != null; event = engine.pollEvent()) {
                moved = true;
                events.add(EngineProbe.line(event));
            }
            return moved;
        }

        private void tell(QuicOutput output) {
            if (peer.dead) {
                return;
            }
            if (output instanceof QuicOutput.SendStream send) {
                peer.receive(send.streamId(), send.data(), send.fin() ? Fin.YES : Fin.NO);
            } else if (output instanceof QuicOutput.ResetStream reset) {
                peer.receiveReset(reset.streamId(), reset.errorCode());
            } else if (output instanceof QuicOutput.StopSending stop) {
                peer.engine.handleInput(
                        new QuicInput.SendingStopped(stop.streamId(), OptionalLong.of(stop.errorCode())), now);
            } else {
                dead = true;
                peer.dead = true;
            }
        }

        @Override
        public String toString() {
            return perspective.toString();
        }
    }
}
