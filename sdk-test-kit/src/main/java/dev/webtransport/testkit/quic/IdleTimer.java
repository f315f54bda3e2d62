package dev.webtransport.testkit.quic;

import dev.webtransport.config.QuicConfig;
import java.time.Duration;

/** When a silent connection ends, and when to break the silence (RFC 9000, section 10.1). */
final class IdleTimer {
    private final long timeoutNanos;
    private final long keepAliveNanos;
    private boolean heardSinceSending = true;
    private long lastActivity;

    /** A PING was made and the network has not taken it yet: one is enough. */
    private boolean pingWaits;

    IdleTimer(QuicConfig config, QuicConfig peerConfig, long nowNanos) {
        //= rfc9000#10.1
        //# the smaller timeout of both ends is in effect
        this.timeoutNanos = Math.min(
                config.idleTimeout().toNanos(), peerConfig.idleTimeout().toNanos());
        this.keepAliveNanos = config.keepAliveInterval().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        this.lastActivity = nowNanos;
    }

    void handleReceived(long nowNanos) {
        lastActivity = nowNanos;
        heardSinceSending = true;
    }

    void handleSent(QuicFrame frame, long nowNanos) {
        pingWaits &= !(frame instanceof QuicFrame.Ping);
        //= rfc9000#10.1
        //# what is sent restarts the idle timer only if it is the first since something was heard
        if (heardSinceSending && !(frame instanceof QuicFrame.Ack)) {
            lastActivity = nowNanos;
            heardSinceSending = false;
        }
    }

    boolean isTimedOut(long nowNanos) {
        return nowNanos - lastActivity >= timeoutNanos;
    }

    /** Whether a PING is to be sent now; each is told once. */
    boolean pollPing(long nowNanos) {
        boolean due = isWaitingForPing() && nowNanos - lastActivity >= keepAliveNanos;
        pingWaits |= due;
        return due;
    }

    Duration timeout() {
        return Duration.ofNanos(timeoutNanos);
    }

    long pollTimeoutNanos() {
        // A PING that nobody answers is not repeated: the next thing to happen is the timeout.
        return lastActivity + (isWaitingForPing() ? Math.min(timeoutNanos, keepAliveNanos) : timeoutNanos);
    }

    private boolean isWaitingForPing() {
        return heardSinceSending && !pingWaits;
    }
}
