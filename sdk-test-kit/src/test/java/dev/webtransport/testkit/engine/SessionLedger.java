package dev.webtransport.testkit.engine;

import dev.webtransport.engine.EngineEvent;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Initiator;
import dev.webtransport.value.Perspective;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All sessions of a walk: what applications did, whether events come in order, and whether both ends agree at last. */
final class SessionLedger {
    private final EnginePair pair;
    private final WalkSetup setup;
    private final Map<Perspective, Story> stories = new EnumMap<>(Perspective.class);
    private final Set<Long> cancelled = new HashSet<>();

    SessionLedger(EnginePair pair, WalkSetup setup) {
        this.pair = pair;
        this.setup = setup;
        for (Perspective end : Perspective.values()) {
            stories.put(end, new Story(end));
        }
    }

    // ---- what applications do

    void accepted(long sessionId) {
        stories.get(Perspective.SERVER).move(sessionId, Stage.REQUESTED, Stage.OPEN);
    }

    void rejected(long sessionId) {
        stories.get(Perspective.SERVER).move(sessionId, Stage.REQUESTED, Stage.OVER);
    }

    void cancelled(long sessionId) {
        cancelled.add(sessionId);
        stories.get(Perspective.CLIENT).move(sessionId, null, Stage.OVER);
    }

    /** To be said before it is done, as the end is told within the command. */
    void closes(Perspective end, long sessionId, CloseInfo info) {
        stories.get(end).closes.put(sessionId, info);
    }

    // ---- what must be so

    void check() {
        for (Story story : stories.values()) {
            story.check(pair.end(story.end));
            if (!pair.end(story.end).quic().isClosed()) {
                story.checkClosing(
                        pair.nowNanos(), setup.http3(story.end).closeTimeout().toNanos());
            }
        }
    }

    /** The sessions are over, and the connection is not: both ends must agree on every one. */
    void checkAgreement() {
        for (EngineSession client : pair.client().sessions()) {
            EngineSession server = pair.server().session(client.id());
            boolean clientHadIt = client.closed() != null;
            boolean serverHadIt = server != null && server.closed() != null;
            if (clientHadIt && serverHadIt) {
                agree(
                        client,
                        server,
                        setup.http3(Perspective.SERVER).closeTimeout().toNanos());
                agree(
                        server,
                        client,
                        setup.http3(Perspective.CLIENT).closeTimeout().toNanos());
            } else {
                Invariant.SESSION_END.require(!clientHadIt, () -> "the server knows nothing of " + client);
                Invariant.SESSION_END.require(
                        !serverHadIt
                                || cancelled.contains(client.id())
                                || waited(
                                        server,
                                        setup.http3(Perspective.SERVER)
                                                .closeTimeout()
                                                .toNanos()),
                        () -> "the client knows nothing of " + server);
            }
        }
        for (EngineSession server : pair.server().sessions()) {
            Invariant.SESSION_END.require(
                    pair.client().session(server.id()) != null, () -> "nobody asked for " + server);
        }
    }

    /** What this end says must fit what the other one did. */
    private void agree(EngineSession here, EngineSession there, long closeTimeoutThere) {
        EngineEvent.SessionClosed mine = here.closed();
        EngineEvent.SessionClosed theirs = there.closed();
        if (mine.initiator() == Initiator.LOCAL) {
            return;
        }
        if (mine.violation() == null) {
            Invariant.SESSION_END.require(
                    theirs.initiator() == Initiator.LOCAL && theirs.info().equals(mine.info()),
                    () -> "one end says " + mine + ", the other " + theirs);
        } else {
            Invariant.SESSION_END.require(
                    waited(there, closeTimeoutThere), () -> "one end says " + mine + ", the other had time: " + theirs);
        }
    }

    /** Who waits in vain for the answer to its close may cut what the peer was to be told. */
    private static boolean waited(EngineSession session, long closeTimeoutNanos) {
        return session.closingNanos() >= closeTimeoutNanos;
    }

    private enum Stage {
        REQUESTED,
        OPEN,
        CLOSED,
        OVER
    }

    /** What one end was told, event by event. */
    private static final class Story {
        final Perspective end;
        final Map<Long, Stage> stages = new HashMap<>();
        final Map<Long, CloseInfo> closes = new HashMap<>();
        final Set<Long> streams = new HashSet<>();
        final Map<Long, Long> closedAt = new HashMap<>();
        int read;

        Story(Perspective end) {
            this.end = end;
        }

        void check(EngineEnd from) {
            while (read < from.events().size()) {
                tell(from.events().get(read++));
            }
        }

        /** Who closes waits for the peer, but not for ever. */
        void checkClosing(long nowNanos, long closeTimeoutNanos) {
            stages.forEach((id, stage) -> {
                if (stage == Stage.CLOSED) {
                    long waited = nowNanos - closedAt.computeIfAbsent(id, first -> nowNanos);
                    Invariant.PROGRESS.require(
                            waited <= closeTimeoutNanos,
                            () -> "session " + id + " of the " + end + " has been closing for " + waited + " ns");
                }
            });
        }

        private void tell(EngineEvent event) {
            if (event instanceof EngineEvent.SessionRequested requested) {
                move(requested.sessionId(), null, Stage.REQUESTED);
            } else if (event instanceof EngineEvent.SessionRequestGone gone) {
                move(gone.sessionId(), Stage.REQUESTED, Stage.OVER);
            } else if (event instanceof EngineEvent.SessionEstablished established) {
                move(established.sessionId(), null, Stage.OPEN);
            } else if (event instanceof EngineEvent.SessionRejected rejected) {
                move(rejected.sessionId(), null, Stage.OVER);
            } else if (event instanceof EngineEvent.SessionClosed closed) {
                move(closed.sessionId(), Stage.OPEN, Stage.CLOSED);
                checkClosed(closed);
            } else if (event instanceof EngineEvent.SessionEnded ended) {
                move(ended.sessionId(), Stage.CLOSED, Stage.OVER);
            } else if (event instanceof EngineEvent.IncomingStream stream) {
                requireOpen(stream.sessionId(), event);
                Invariant.STREAM_END.require(streams.add(stream.streamId()), () -> event + " comes twice");
            } else if (event instanceof EngineEvent.DatagramReceived datagram) {
                requireOpen(datagram.sessionId(), event);
            } else if (event instanceof EngineEvent.OfCredit credit) {
                requireOpen(credit.sessionId(), event);
            } else if (event instanceof EngineEvent.SessionDraining draining) {
                requireOpen(draining.sessionId(), event);
            } else if (event instanceof EngineEvent.ConnectionFailed
                    || event instanceof EngineEvent.RequirementsNotMet) {
                throw Invariant.PEACE.broken("the " + end + " says " + event);
            }
        }

        private void checkClosed(EngineEvent.SessionClosed closed) {
            if (closed.initiator() == Initiator.LOCAL) {
                ProtocolViolation violation = closed.violation();
                // The end that finds too many bytes may do so before the ledger is asked.
                boolean isCredit = violation != null && violation.wireCode() == Http3ErrorCode.WT_FLOW_CONTROL_ERROR;
                (isCredit ? Invariant.CREDIT : Invariant.PEACE)
                        .require(violation == null, () -> "the " + end + " says " + closed);
                Invariant.SESSION_END.require(
                        closed.info().equals(closes.get(closed.sessionId())),
                        () -> "the " + end + " closed with " + closes.get(closed.sessionId()) + ", and is told "
                                + closed);
            }
        }

        private void requireOpen(long sessionId, EngineEvent event) {
            Invariant.SESSION_END.require(
                    stages.get(sessionId) == Stage.OPEN,
                    () -> "the " + end + " is told " + event + " of a session that is " + stages.get(sessionId));
        }

        void move(long sessionId, @Nullable Stage from, Stage to) {
            Stage before = stages.put(sessionId, to);
            Invariant.SESSION_END.require(
                    before == from,
                    () -> "session " + sessionId + " of the " + end + " becomes " + to + " but was " + before);
        }
    }
}
