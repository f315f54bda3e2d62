package dev.webtransport.testkit.engine;

import dev.webtransport.transport.QuicCloseReason;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Perspective;
import java.time.Duration;
import java.util.List;

/**
 * The end of every walk: the network recovers, everybody answers and reads, sessions are closed, then the connection. After
 * each of these steps more must be so than on the way.
 */
final class WindDown {
    private static final int MAX_ROUNDS = 2_000;
    private static final Duration ROUND = Duration.ofMillis(500);
    private static final int QUIET_ROUNDS = 3;
    private static final int LEFT_OPEN_ONE_IN = 5;

    private final Walk walk;
    private final EnginePair pair;

    WindDown(Walk walk) {
        this.walk = walk;
        this.pair = walk.pair;
    }

    void run() {
        walk.lift();
        walk.heal();
        pair.network().setConditions(Weather.CLEAR.conditions());
        rest();
        if (walk.isAlive()) {
            checkRest();
            finishStreams();
            checkRest();
            walk.credit.demandMore();
            rest();
        }
        if (walk.isAlive()) {
            walk.credit.checkRest();
        }
        // Coming to rest takes time: one end may have timed out meanwhile, of which the other learns later.
        if (walk.isAlive()) {
            closeSessions();
        }
        if (walk.isAlive()) {
            walk.sessions.checkAgreement();
            checkNothingHeld();
            walk.frames.checkRest(pair);
        }
        closeConnection();
    }

    /** Answers and reads until nothing comes any more. */
    private void rest() {
        int quiet = 0;
        for (int round = 0; quiet < QUIET_ROUNDS; round++) {
            Invariant.PROGRESS.require(round < MAX_ROUNDS, () -> "there is always more to read");
            pair.drive();
            walk.check();
            long moved = 0;
            for (EngineSession session : pair.server().sessions()) {
                if (session.state() == EngineSession.State.REQUESTED && walk.accept(session) != null) {
                    moved++;
                }
            }
            for (Perspective end : Perspective.values()) {
                moved += walk.readAll(end) + walk.receiveDatagrams(end);
            }
            walk.check();
            quiet = moved == 0 ? quiet + 1 : 0;
            if (moved == 0) {
                pair.advance(ROUND);
            }
            walk.check();
        }
    }

    private void checkRest() {
        if (walk.isAlive()) {
            walk.frames.checkRest(pair);
            walk.streams.checkRest();
            walk.streams.checkHeld();
        }
    }

    /** Some of those that are open, so that some are left for the end of their session. */
    private void finishStreams() {
        for (Perspective end : Perspective.values()) {
            for (EngineStream stream : pair.end(end).streams()) {
                if (stream.isWritable() && stream.id() % LEFT_OPEN_ONE_IN != 0) {
                    stream.finish();
                }
            }
        }
        rest();
    }

    private void closeSessions() {
        for (EngineSession session : pair.client().sessions()) {
            boolean byServer = session.id() % 8 == 0;
            EngineSession there = pair.server().session(session.id());
            if (byServer && there != null && there.state() == EngineSession.State.OPEN) {
                walk.close(Perspective.SERVER, there, CloseInfo.of(session.id(), "the server is done"));
            } else if (session.state() == EngineSession.State.OPEN) {
                walk.close(Perspective.CLIENT, session, CloseInfo.of(session.id(), "the client is done"));
            }
        }
        pair.drive();
        walk.check();
        for (Perspective end : Perspective.values()) {
            for (EngineSession session : pair.end(end).sessions()) {
                Invariant.PROGRESS.require(session.isOver(), () -> session + " of the " + end + " needs time to end");
            }
        }
        rest();
        rest();
    }

    private void checkNothingHeld() {
        for (Perspective perspective : Perspective.values()) {
            EngineEnd end = pair.end(perspective);
            List<String> leftovers = end.leftovers();
            Invariant.NOTHING_HELD.require(leftovers.isEmpty(), () -> "the " + end + " has " + leftovers);
            long streams = end.quic().streams().size();
            Invariant.NOTHING_HELD.require(
                    streams == 2, () -> "the " + end + " has " + end.quic().streams() + " beside two control streams");
            Invariant.NOTHING_HELD.require(
                    end.engine().pollTimeoutNanos() == Long.MAX_VALUE, () -> "the engine of the " + end + " waits");
        }
    }

    private void closeConnection() {
        boolean wasAlive = walk.isAlive();
        pair.client().closeConnection("over");
        // Whoever heard nothing of it ends by the timeout.
        pair.advance(Duration.ofMinutes(2));
        walk.check();
        Invariant.NOTHING_HELD.require(pair.isOver(), () -> "the connection never ends");
        if (wasAlive) {
            QuicCloseReason reason = pair.server().closeReason();
            Invariant.SESSION_END.require(
                    reason instanceof QuicCloseReason.Application told
                            && told.getReason().equals("over"),
                    () -> "the client closed, and the server is told " + reason);
        }
        Invariant.NOTHING_HELD.require(pair.pollTimeoutNanos() == Long.MAX_VALUE, () -> "a timer is left");
        Invariant.NOTHING_HELD.require(!pair.step(), () -> "something moves after the end");
        for (Perspective perspective : Perspective.values()) {
            EngineEnd end = pair.end(perspective);
            walk.receiveDatagrams(perspective);
            Invariant.NOTHING_HELD.require(end.leftovers().isEmpty(), () -> "the " + end + " has " + end.leftovers());
            Invariant.NOTHING_HELD.require(
                    end.quic().streams().isEmpty(),
                    () -> "the " + end + " has " + end.quic().streams());
        }
        walk.streams.checkOver();
    }
}
