package dev.webtransport.testkit.engine;

import dev.webtransport.engine.http3.StreamRole;
import dev.webtransport.testkit.quic.StreamIds;
import dev.webtransport.value.Perspective;
import java.util.LinkedHashMap;
import java.util.Map;

/** All streams of a walk, and what is true of each. */
final class StreamLedger {
    /** More streams than walks let come before a session. */
    private static final int ENOUGH_ROOM = 32;

    private final EnginePair pair;
    private final WalkSetup setup;
    private final Map<Long, HalfModel> halves = new LinkedHashMap<>();

    StreamLedger(EnginePair pair, WalkSetup setup) {
        this.pair = pair;
        this.setup = setup;
    }

    /** The half that an end sends. */
    HalfModel sentBy(Perspective end, long streamId) {
        boolean mayBeRefused = setup.http3(peerOf(end)).maxEarlyStreams() < ENOUGH_ROOM;
        return halves.computeIfAbsent(HalfModel.key(streamId, end), key -> new HalfModel(streamId, end, mayBeRefused));
    }

    HalfModel receivedBy(Perspective end, long streamId) {
        return sentBy(peerOf(end), streamId);
    }

    private static Perspective peerOf(Perspective end) {
        return end == Perspective.CLIENT ? Perspective.SERVER : Perspective.CLIENT;
    }

    void check() {
        for (Perspective perspective : Perspective.values()) {
            EngineEnd end = pair.end(perspective);
            for (EngineStream stream : end.streams()) {
                checkStream(end, stream);
            }
        }
        for (HalfModel half : halves.values()) {
            half.check();
        }
    }

    private void checkStream(EngineEnd end, EngineStream stream) {
        if (stream.canSend()) {
            sentBy(end.perspective(), stream.id()).isSentBy(stream);
        }
        if (stream.canReceive()) {
            receivedBy(end.perspective(), stream.id()).isReceivedBy(stream);
        }
        Invariant.SESSION_END.require(
                end.session(stream.sessionId()) != null, () -> stream + " belongs to no session of the " + end);
        Invariant.STREAM_END.require(
                stream.isOpened() == (StreamIds.opener(stream.id()) == end.perspective()),
                () -> stream + " came from within");
    }

    /** What both ends have of a session that both have open. */
    void checkRest() {
        for (EngineSession session : pair.client().sessions()) {
            EngineSession other = pair.server().session(session.id());
            if (session.state() != EngineSession.State.OPEN
                    || other == null
                    || other.state() != EngineSession.State.OPEN) {
                continue;
            }
            for (Perspective perspective : Perspective.values()) {
                for (EngineStream stream : pair.end(perspective).streams()) {
                    if (stream.sessionId() == session.id() && stream.canSend()) {
                        sentBy(perspective, stream.id()).checkRest();
                    }
                }
            }
        }
    }

    /** The engine forgets what is over, and QUIC too once the peer has answered. */
    void checkForgotten() {
        for (Perspective perspective : Perspective.values()) {
            EngineEnd end = pair.end(perspective);
            for (EngineStream stream : end.streams()) {
                if (stream.isOver() && !end.quic().isClosed()) {
                    Invariant.NOTHING_HELD.require(
                            end.engine().roleOf(stream.id()) == StreamRole.REFUSED,
                            () -> "the engine of the " + perspective + " still has " + stream);
                }
            }
        }
    }

    /** Nothing is under way: the engine holds no more than what is open. */
    void checkHeld() {
        for (Perspective perspective : Perspective.values()) {
            EngineEnd end = pair.end(perspective);
            EngineEnd peer = pair.end(peerOf(perspective));
            long sessions = end.sessions().stream().filter(one -> !one.isOver()).count();
            long open = end.streams().stream().filter(one -> !one.isOver()).count();
            // Streams of the peer that have not shown themselves leave gaps.
            long gaps = peer.streams().stream()
                    .filter(one -> end.stream(one.id()) == null)
                    .count();
            long held = end.engine().heldCount();
            Invariant.NOTHING_HELD.require(
                    held <= 2 * sessions + 2 * open + gaps,
                    () -> "the engine of the " + end + " holds " + held + " things for " + sessions + " sessions and "
                            + open + " streams");
        }
    }

    void checkOver() {
        for (HalfModel half : halves.values()) {
            half.checkOver();
        }
    }
}
