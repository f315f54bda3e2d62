package dev.webtransport.engine.http3;

import dev.webtransport.value.StreamType;

/**
 * A stream that belongs to a session, or waits for one. Its payload is not the engine's; its halves and their ends are.
 */
final class SessionStream {
    final long sessionId;
    final long streamId;
    final boolean fromPeer;
    private boolean waiting;
    private boolean sendOpen;
    private boolean receiveOpen;

    private SessionStream(long sessionId, long streamId, boolean waiting, boolean sendOpen, boolean receiveOpen) {
        this.sessionId = sessionId;
        this.streamId = streamId;
        this.fromPeer = waiting;
        this.waiting = waiting;
        this.sendOpen = sendOpen;
        this.receiveOpen = receiveOpen;
    }

    static SessionStream incoming(long sessionId, long streamId) {
        return new SessionStream(sessionId, streamId, true, isBidirectional(streamId), true);
    }

    static SessionStream opened(long sessionId, long streamId) {
        return new SessionStream(sessionId, streamId, false, true, isBidirectional(streamId));
    }

    private static boolean isBidirectional(long streamId) {
        return StreamId.type(streamId) == StreamType.BIDIRECTIONAL;
    }

    boolean isWaiting() {
        return waiting;
    }

    void deliver() {
        waiting = false;
    }

    void endSend() {
        sendOpen = false;
    }

    void endReceive() {
        receiveOpen = false;
    }

    boolean isOver() {
        return !sendOpen && !receiveOpen;
    }

    /** Asks QUIC to end what is open. */
    void abort(long errorCode, Outbox out) {
        if (sendOpen) {
            out.reset(streamId, errorCode);
        }
        if (receiveOpen) {
            out.stopSending(streamId, errorCode);
        }
    }
}
