package dev.webtransport.session

import dev.webtransport.value.StreamType

/**
 * The flow control of one session: how much each end may send in it, over all its streams together, and how many streams it
 * may open. It holds besides QUIC's own limits, and lets several sessions share a connection without one starving another.
 *
 * It is there when both ends want it ([dev.webtransport.config.Http3Config.flowControl]). Limits count from the beginning of
 * the session, what is over included, and only grow. With automatic credit they follow what the application reads;
 * with manual credit they stand still until [grantData] or [grantStreams] raises them.
 *
 * A [SendStream.write] beyond the limit suspends; so does opening a stream, unless
 * [dev.webtransport.config.StreamOptions.waitUntilAvailable] is off. Who waits longest is served first. [SessionEvent.Blocked]
 * and [SessionEvent.CreditRaised] tell of it.
 *
 * Everything here may be called from any thread and never waits.
 *
 * Specification: draft-ietf-webtrans-http3-16, section 5.
 */
@SubclassOptInRequired(NotForImplementation::class)
public interface FlowControl {
    /** Whether this session is under flow control. Never changes. */
    public val isNegotiated: Boolean

    /** What holds for this end: the peer's limits, and what this end has used of them; null without flow control. */
    public val local: SessionLimits?

    /** What holds for the peer: the limits that this end gave, and what has arrived; null without flow control. */
    public val remote: SessionLimits?

    /**
     * Lets the peer send more: a new limit for the bytes of all streams, counted from the beginning of the session
     * (WT_MAX_DATA). Only with [dev.webtransport.config.SessionCreditPolicy.MANUAL].
     *
     * @param maxData 0 to 2^62-1
     * @return false if [maxData] is not above the limit before: then nothing changes, and nothing is sent
     * @throws IllegalStateException without flow control, or if credit is automatic
     * @throws IllegalArgumentException if the limit is out of range
     * @throws dev.webtransport.error.SessionException if the session has ended
     */
    public fun grantData(maxData: Long): Boolean

    /**
     * Lets the peer open more streams of a kind, counted from the beginning of the session (WT_MAX_STREAMS). Only with
     * [dev.webtransport.config.SessionCreditPolicy.MANUAL].
     *
     * @param maxStreams 0 to 2^60
     * @return false if [maxStreams] is not above the limit before: then nothing changes, and nothing is sent
     * @throws IllegalStateException without flow control, or if credit is automatic
     * @throws IllegalArgumentException if the limit is out of range
     * @throws dev.webtransport.error.SessionException if the session has ended
     */
    public fun grantStreams(type: StreamType, maxStreams: Long): Boolean
}

/**
 * The limits of one direction of a session, and what is used of them. Every value is the one of this moment, so that two of them
 * read one after the other need not fit together.
 */
@SubclassOptInRequired(NotForImplementation::class)
public interface SessionLimits {
    /** How many bytes of payload may be sent, counted from the beginning of the session. */
    public val maxData: Long

    /** How many of them are used. Of the peer's, those that were read from QUIC. */
    public val usedData: Long

    /** How many streams of a kind may be opened, counted from the beginning of the session. */
    public fun maxStreams(type: StreamType): Long

    /** How many of them are used. */
    public fun usedStreams(type: StreamType): Long
}
