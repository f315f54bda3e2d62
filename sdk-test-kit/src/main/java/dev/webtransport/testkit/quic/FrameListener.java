package dev.webtransport.testkit.quic;

/** Sees every frame of a connection in the moment in which it reaches the other end, in order; for traces and checks. */
@FunctionalInterface
public interface FrameListener {
    /**
     * A frame is about to be taken in. Called under the connection's lock: look, write down, and return.
     *
     * @param direction which way it went
     * @param frame what it is
     * @param nowNanos the time, on the clock of whoever drives the connection
     */
    void handleFrame(Direction direction, QuicFrame frame, long nowNanos);
}
