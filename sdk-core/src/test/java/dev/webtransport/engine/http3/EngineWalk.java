package dev.webtransport.engine.http3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Http3Config;
import dev.webtransport.engine.EngineEvent;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A walk through the life of one engine: whatever the peer sends, and whenever the application acts, there is no exception,
 * and what the engine tells makes sense.
 */
final class EngineWalk {
    private static final String[] PIECES = {
        EngineProbe.DRAFT_16,
        EngineProbe.CHROMIUM,
        EngineProbe.ALL_DRAFTS,
        EngineProbe.REQUEST_16,
        EngineProbe.REQUEST_02,
        EngineProbe.OK,
        "01 03 0000db",
        "00 07 68430400000000",
        "00 05 800078ae00",
        "00 07 000568656c6c6f",
        "00 05 990b4d3e 00",
        "00 02 21 00",
        "404100",
        "404104",
        "405400",
        "405404",
        "02 20",
        "03 44",
        "07 01 00",
        "07 01 08",
        "0d 01 00",
        "21 02 aabb",
        "",
    };

    private EngineWalk() {}

    /** Decides what happens next. */
    interface Source {
        int pick(int bound);

        byte[] bytes();

        boolean isSpent();
    }

    static void run(Source source) {
        Perspective perspective = source.pick(2) == 0 ? Perspective.CLIENT : Perspective.SERVER;
        Http3Config config =
                Http3Config.builder().maxEarlyStreams(2).maxEarlyDatagrams(2).build();
        EngineProbe probe = EngineProbe.started(perspective, config);
        Story story = new Story();
        long nextOwn = perspective == Perspective.CLIENT ? 40 : 41;
        if (source.pick(4) > 0) {
            probe.data(probe.controlStreamOfPeer(), PIECES[source.pick(3)]);
        }
        while (!source.isSpent()) {
            long stream = source.pick(9) == 0 ? 4L * source.pick(1 << 20) : source.pick(16);
            switch (source.pick(16)) {
                case 0, 1 ->
                    probe.engine.handleInput(
                            new QuicInput.StreamData(stream, ByteBuffer.wrap(source.bytes()), fin(source)), probe.now);
                case 2, 3, 4, 5 ->
                    probe.engine.handleInput(
                            new QuicInput.StreamData(
                                    stream, EngineProbe.bytes(PIECES[source.pick(PIECES.length)]), fin(source)),
                            probe.now);
                case 6 -> probe.reset(stream, source.pick(1 << 30));
                case 7 ->
                    probe.engine.handleInput(new QuicInput.SendingStopped(stream, OptionalLong.empty()), probe.now);
                case 8 -> probe.engine.handleInput(new QuicInput.Datagram(ByteBuffer.wrap(source.bytes())), probe.now);
                case 9 -> probe.pass(Duration.ofMillis(source.pick(2_000)));
                case 10 -> act(probe, stream, source, story);
                case 11 -> probe.engine.drain(stream);
                case 12 -> {
                    if (story.states.get(stream) == State.OPEN) {
                        probe.engine.close(stream, CloseInfo.of(source.pick(100)), probe.now);
                    }
                }
                case 13 -> {
                    probe.engine.openStream(stream, nextOwn, StreamType.BIDIRECTIONAL);
                    nextOwn += 4;
                }
                case 14 -> {
                    probe.engine.sendEnded(stream);
                    probe.engine.receiveEnded(stream);
                }
                default -> {
                    if (source.pick(20) == 0) {
                        probe.engine.goAway();
                    }
                }
            }
            story.check(probe);
        }
        probe.pass(Duration.ofHours(1));
        story.check(probe);
        assertTrue(probe.engine.pollTimeoutNanos() > probe.now);
    }

    private static Fin fin(Source source) {
        return source.pick(8) == 0 ? Fin.YES : Fin.NO;
    }

    private static void act(EngineProbe probe, long stream, Source source, Story story) {
        if (probe.perspective == Perspective.CLIENT) {
            long id = stream & ~3L;
            if (probe.engine.connectReadiness() == ConnectReadiness.READY && story.asked.add(id)) {
                probe.engine.connect(
                        id, new SessionParameters("a", "/", Optional.empty(), Headers.EMPTY, List.of("a")), probe.now);
            }
        } else if (story.states.get(stream) == State.REQUESTED) {
            if (source.pick(4) == 0) {
                probe.engine.reject(stream, 404, Headers.EMPTY, probe.now);
                story.states.put(stream, State.OVER);
            } else if (probe.accept(stream)) {
                story.states.put(stream, State.OPEN);
            }
        }
    }

    private enum State {
        REQUESTED,
        OPEN,
        CLOSED,
        OVER
    }

    /** What the events have told so far, and whether the next fits. */
    private static final class Story {
        final Map<Long, State> states = new HashMap<>();
        final Set<Long> asked = new HashSet<>();

        void check(EngineProbe probe) {
            boolean closing = false;
            for (QuicOutput out = probe.engine.pollTransmit(); out != null; out = probe.engine.pollTransmit()) {
                assertTrue(!closing, () -> "an output follows the end of the connection");
                closing = out instanceof QuicOutput.CloseConnection;
            }
            for (EngineEvent event = probe.engine.pollEvent(); event != null; event = probe.engine.pollEvent()) {
                tell(event);
            }
            if (probe.engine.isClosed()) {
                assertEquals(0, probe.engine.heldCount());
            }
            assertTrue(probe.engine.sessionCount() <= Sessions.MAX_SESSIONS);
        }

        private void tell(EngineEvent event) {
            if (event instanceof EngineEvent.SessionRequested requested) {
                move(requested.sessionId(), null, State.REQUESTED);
            } else if (event instanceof EngineEvent.SessionRequestGone gone) {
                move(gone.sessionId(), State.REQUESTED, State.OVER);
            } else if (event instanceof EngineEvent.SessionEstablished established) {
                move(established.sessionId(), null, State.OPEN);
            } else if (event instanceof EngineEvent.SessionRejected rejected) {
                move(rejected.sessionId(), null, State.OVER);
            } else if (event instanceof EngineEvent.SessionClosed closed) {
                move(closed.sessionId(), State.OPEN, State.CLOSED);
            } else if (event instanceof EngineEvent.SessionEnded ended) {
                move(ended.sessionId(), State.CLOSED, State.OVER);
            } else if (event instanceof EngineEvent.IncomingStream stream) {
                assertEquals(State.OPEN, states.get(stream.sessionId()));
            } else if (event instanceof EngineEvent.DatagramReceived datagram) {
                assertEquals(State.OPEN, states.get(datagram.sessionId()));
            } else if (event instanceof EngineEvent.SessionDraining draining) {
                assertEquals(State.OPEN, states.get(draining.sessionId()));
            }
        }

        private void move(long sessionId, State from, State to) {
            assertEquals(from, states.put(sessionId, to), () -> "session " + sessionId + " becomes " + to);
        }
    }
}
