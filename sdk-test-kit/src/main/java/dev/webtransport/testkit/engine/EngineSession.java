package dev.webtransport.testkit.engine;

import dev.webtransport.engine.EngineEvent;
import dev.webtransport.transport.QuicCloseReason;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A session as one end of a pair has it, from what was asked and what its engine told. */
public final class EngineSession {
    /** Where it stands. */
    public enum State {
        /** Client: asked for. */
        ASKED,
        /** Server: waits for the answer. */
        REQUESTED,
        /** Both ends may use it. */
        OPEN,
        /** Its end is decided, see {@link EngineSession#closed()}. */
        CLOSED,
        /** Nothing is left of it on the wire. */
        ENDED,
        /** It never came to be: rejected, given up, or gone before the answer. */
        REFUSED,
        /** The connection ended first. */
        LOST
    }

    private final long id;
    private final int maxDatagrams;
    private final ArrayDeque<ByteBuffer> datagrams = new ArrayDeque<>();
    private State state;
    private boolean draining;
    private EngineEvent.@Nullable SessionClosed closed;
    private long closedAtNanos;
    private long endedAtNanos;
    private @Nullable QuicCloseReason lost;

    EngineSession(long id, State state, int maxDatagrams) {
        this.id = id;
        this.state = state;
        this.maxDatagrams = maxDatagrams;
    }

    /**
     * The session id: the id of its CONNECT stream.
     *
     * @return the id
     */
    public long id() {
        return id;
    }

    /**
     * Where it stands.
     *
     * @return the state
     */
    public State state() {
        return state;
    }

    /**
     * Whether the peer would like it to end.
     *
     * @return true after WT_DRAIN_SESSION or GOAWAY of the peer
     */
    public boolean isDraining() {
        return draining;
    }

    /**
     * How it ended.
     *
     * @return what the engine told; null before, and where the connection ended first
     */
    public EngineEvent.@Nullable SessionClosed closed() {
        return closed;
    }

    /**
     * How the connection ended, if that was what ended the session.
     *
     * @return the reason; null for every other end
     */
    public @Nullable QuicCloseReason lost() {
        return lost;
    }

    /**
     * How long the way from the decision to the end took.
     *
     * @return the time in nanoseconds; 0 before the end
     */
    public long closingNanos() {
        return state == State.ENDED ? endedAtNanos - closedAtNanos : 0;
    }

    @Override
    public String toString() {
        return "session " + id + ", " + state;
    }

    // ---- what the end does

    boolean isOver() {
        return state == State.ENDED || state == State.REFUSED || state == State.LOST;
    }

    void handleEstablished() {
        state = State.OPEN;
    }

    void handleRefused() {
        state = State.REFUSED;
    }

    void handleDraining() {
        draining = true;
    }

    void handleClosed(EngineEvent.SessionClosed event, long nowNanos) {
        state = State.CLOSED;
        closed = event;
        closedAtNanos = nowNanos;
        datagrams.clear();
    }

    void handleEnded(long nowNanos) {
        state = State.ENDED;
        endedAtNanos = nowNanos;
    }

    void handleLost(QuicCloseReason reason) {
        if (!isOver()) {
            state = State.LOST;
            lost = reason;
            datagrams.clear();
        }
    }

    void handleDatagram(ByteBuffer payload) {
        // The oldest goes when the queue is full, as in sessions of applications.
        if (datagrams.size() == maxDatagrams) {
            datagrams.removeFirst();
        }
        datagrams.addLast(payload);
    }

    @Nullable
    ByteBuffer pollDatagram() {
        return datagrams.pollFirst();
    }

    int queuedDatagrams() {
        return datagrams.size();
    }
}
