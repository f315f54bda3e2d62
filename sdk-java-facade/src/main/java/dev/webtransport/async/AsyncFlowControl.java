package dev.webtransport.async;

import dev.webtransport.error.SessionException;
import dev.webtransport.error.WebTransportException;
import dev.webtransport.session.FlowControl;
import dev.webtransport.session.SessionLimits;
import dev.webtransport.value.StreamType;
import java.util.Optional;

/**
 * The flow control of one session: how much each end may send in it, over all its streams together, and how many streams it
 * may open. It holds besides QUIC's own limits, and lets several sessions share a connection without one starving another.
 *
 * <p>It is there when both ends want it ({@link dev.webtransport.config.Http3Config.Builder#flowControl}). Limits count from
 * the beginning of the session, what is over included, and only grow. With automatic credit they follow what the
 * application reads; with manual credit they stand still until {@link #grantData} or {@link #grantStreams} raises them.
 *
 * <p>A write beyond the limit waits; so does opening a stream, unless
 * {@link dev.webtransport.config.StreamOptions#waitUntilAvailable()} is off. Who waits longest is served first.
 *
 * <p>Everything here may be called from any thread and never waits.
 *
 * <p>Specification: draft-ietf-webtrans-http3-16, section 5.
 */
public final class AsyncFlowControl {
    private final FlowControl flowControl;

    AsyncFlowControl(FlowControl flowControl) {
        this.flowControl = flowControl;
    }

    /**
     * Whether this session is under flow control. Never changes.
     *
     * @return true if both ends wanted it
     */
    public boolean isNegotiated() {
        return flowControl.isNegotiated();
    }

    /**
     * What holds for this end: the peer's limits, and what this end has used of them.
     *
     * @return the limits, which go on to tell what holds; empty without flow control
     */
    public Optional<SessionLimits> local() {
        return Optional.ofNullable(flowControl.getLocal());
    }

    /**
     * What holds for the peer: the limits that this end gave, and what has arrived.
     *
     * @return the limits, which go on to tell what holds; empty without flow control
     */
    public Optional<SessionLimits> remote() {
        return Optional.ofNullable(flowControl.getRemote());
    }

    /**
     * Lets the peer send more: a new limit for the bytes of all streams, counted from the beginning of the session
     * (WT_MAX_DATA). Only with {@link dev.webtransport.config.SessionCreditPolicy#MANUAL}.
     *
     * @param maxData 0 to 2^62-1
     * @return false if it is not above the limit before: then nothing changes, and nothing is sent
     * @throws IllegalStateException without flow control, or if credit is automatic
     * @throws IllegalArgumentException if the limit is out of range
     * @throws SessionException if the session has ended
     * @throws dev.webtransport.error.SessionEstablishmentException if it never came to stand
     */
    public boolean grantData(long maxData) throws WebTransportException {
        return flowControl.grantData(maxData);
    }

    /**
     * Lets the peer open more streams of a kind, counted from the beginning of the session (WT_MAX_STREAMS). Only with
     * {@link dev.webtransport.config.SessionCreditPolicy#MANUAL}.
     *
     * @param type the kind
     * @param maxStreams 0 to 2^60
     * @return false if it is not above the limit before: then nothing changes, and nothing is sent
     * @throws IllegalStateException without flow control, or if credit is automatic
     * @throws IllegalArgumentException if the limit is out of range
     * @throws SessionException if the session has ended
     * @throws dev.webtransport.error.SessionEstablishmentException if it never came to stand
     */
    public boolean grantStreams(StreamType type, long maxStreams) throws WebTransportException {
        return flowControl.grantStreams(type, maxStreams);
    }
}
