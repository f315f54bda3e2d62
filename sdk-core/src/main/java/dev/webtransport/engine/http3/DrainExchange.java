package dev.webtransport.engine.http3;

import dev.webtransport.codec.CapsuleWriter;
import dev.webtransport.codec.Http3FrameWriter;
import dev.webtransport.engine.EngineEvent;

/**
 * The drain hints of one session, both ways (draft-ietf-webtrans-http3-16, section 4.7).
 *
 * <p>A hint asks the other end to finish its work. This end answers each with a hint of its own once nothing of the session
 * is under way here: no stream has unread or unsent data. So an end that has finished sending learns that everything was read,
 * which neither QUIC nor the drafts tell, and can close without loss. An answer is not answered: a hint that comes while one
 * of ours is without answer counts as the answer.
 */
final class DrainExchange {
    /** How long nothing must have been under way before that is told: streams that are here become known meanwhile. */
    static final long QUIET_NANOS = 20_000_000L;

    /** Answers owed at once; a peer that asks more often gets fewer. As many as {@link #ask} ever asks for. */
    private static final int MAX_OWED = 3;

    private static final long NOT_YET = Long.MIN_VALUE;

    private final long sessionId;
    private final Outbox out;
    private boolean sent;
    private boolean received;
    private boolean capsuleSeen;
    private boolean asked;

    /** Our hints without an answer. */
    private int unanswered;

    /** The peer's hints without an answer. */
    private int owed;

    private long quietSince = NOT_YET;

    DrainExchange(long sessionId, Outbox out) {
        this.sessionId = sessionId;
        this.out = out;
    }

    /** Sends a hint, once. */
    void send() {
        if (!sent) {
            sendHint();
            unanswered++;
        }
    }

    /**
     * Asks whether nothing is under way there. The peer's application may send one hint of its own at any time, and one
     * may be under way already: where that can be, one more answer is asked for, so that the last is an answer for certain.
     */
    void ask() {
        if (asked) {
            return;
        }
        asked = true;
        for (int i = capsuleSeen ? 1 : 2; i > 0; i--) {
            sendHint();
            unanswered++;
        }
    }

    /** The peer would like the session to end: its capsule, or GOAWAY. */
    void handleHint() {
        if (!received) {
            received = true;
            out.event(new EngineEvent.SessionDraining(sessionId));
        }
    }

    void handleCapsule() {
        handleHint();
        capsuleSeen = true;
        if (unanswered > 0) {
            unanswered--;
            if (unanswered == 0 && asked) {
                out.event(new EngineEvent.PeerQuiet(sessionId));
            }
        } else {
            owed = Math.min(owed + 1, MAX_OWED);
        }
    }

    /** A stream of the session began. */
    void handleActivity() {
        quietSince = NOT_YET;
    }

    /** While there are undecided streams, which may become streams of the session, the time of quiet begins anew. */
    void handleTimeout(long nowNanos, boolean quiet, boolean undecided) {
        if (owed == 0 || !quiet) {
            quietSince = NOT_YET;
        } else if (quietSince == NOT_YET || undecided) {
            quietSince = nowNanos;
        } else if (nowNanos - quietSince >= QUIET_NANOS) {
            for (; owed > 0; owed--) {
                sendHint();
            }
            quietSince = NOT_YET;
        }
    }

    /** When to look again; at once when the time of quiet has yet to begin. */
    long deadlineNanos(long nowNanos, boolean quiet) {
        if (owed == 0 || !quiet) {
            return Http3Connection.NEVER;
        }
        return quietSince == NOT_YET ? nowNanos : quietSince + QUIET_NANOS;
    }

    private void sendHint() {
        sent = true;
        out.send(sessionId, Http3FrameWriter.data(CapsuleWriter.drainSession()), Fin.NO);
    }
}
