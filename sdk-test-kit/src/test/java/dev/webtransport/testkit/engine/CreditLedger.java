package dev.webtransport.testkit.engine;

import dev.webtransport.engine.SessionFlow;
import dev.webtransport.flow.CreditKind;
import dev.webtransport.flow.ReceiveWindow;
import dev.webtransport.flow.SendCredit;
import dev.webtransport.value.Perspective;
import java.util.function.BiConsumer;

/** The credit of every session of a walk that both ends have open: it is conserved, and never runs dry for good. */
final class CreditLedger {
    private final EnginePair pair;

    CreditLedger(EnginePair pair) {
        this.pair = pair;
    }

    /** After every command. */
    void check() {
        forEachSender((sender, session) -> {
            SessionFlow ours = sender.engine().flow(session);
            SessionFlow theirs = peerOf(sender).engine().flow(session);
            Invariant.CREDIT.require(
                    (ours == null) == (theirs == null),
                    () -> "the ends of session " + session + " do not agree about flow control");
            if (ours != null && theirs != null) {
                for (CreditKind kind : CreditKind.values()) {
                    check(sender + ", session " + session + ", " + kind, ours.toUse(kind), theirs.toGive(kind));
                }
            }
        });
    }

    private static void check(String what, SendCredit used, ReceiveWindow given) {
        Invariant.CREDIT.require(
                used.used() <= used.limit() && used.limit() <= given.limit() && given.received() <= used.used(),
                () -> what + ": used " + used + ", given " + given);
    }

    /** Whoever has no credit left for data says so. */
    void demandMore() {
        forEachSender((sender, session) -> {
            SessionFlow flow = sender.engine().flow(session);
            if (flow != null) {
                sender.sayBlocked(session, flow.toUse(CreditKind.DATA));
            }
        });
    }

    /** Everything was read that can be: there must be credit for more. */
    void checkRest() {
        forEachSender((sender, session) -> {
            SessionFlow flow = sender.engine().flow(session);
            if (flow != null) {
                SendCredit data = flow.toUse(CreditKind.DATA);
                Invariant.PROGRESS.require(
                        data.used() < data.limit(),
                        () -> sender + ", session " + session + " waits for credit for ever: " + flow
                                + ", the peer has " + peerOf(sender).engine().flow(session));
            }
        });
    }

    private void forEachSender(BiConsumer<EngineEnd, Long> action) {
        for (Perspective perspective : Perspective.values()) {
            EngineEnd end = pair.end(perspective);
            for (EngineSession session : end.sessions()) {
                if (isOpen(session) && isOpen(peerOf(end).session(session.id()))) {
                    action.accept(end, session.id());
                }
            }
        }
    }

    private static boolean isOpen(EngineSession session) {
        return session != null && session.state() == EngineSession.State.OPEN;
    }

    private EngineEnd peerOf(EngineEnd end) {
        return pair.end(end.perspective() == Perspective.CLIENT ? Perspective.SERVER : Perspective.CLIENT);
    }
}
