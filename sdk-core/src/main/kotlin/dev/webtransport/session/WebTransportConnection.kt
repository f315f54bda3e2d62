package dev.webtransport.session

import dev.webtransport.config.Http3Config
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.SessionOptions
import dev.webtransport.config.WebTransportDraft
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.value.ConnectionStatistics
import dev.webtransport.value.Perspective
import kotlinx.coroutines.flow.StateFlow
import java.net.InetSocketAddress
import java.time.Duration

/** One QUIC connection and the sessions on it. */
@SubclassOptInRequired(NotForImplementation::class)
public interface WebTransportConnection {
    /** A number of this connection's own in this process, for logs. It means nothing to the peer. */
    public val id: Long

    /** Which end this is. */
    public val perspective: Perspective

    /** The settings of QUIC that this connection was made with. */
    public val quicConfig: QuicConfig

    /** The settings of HTTP/3 that this connection was made with. */
    public val http3Config: Http3Config

    /** The local address; the last one known once the connection has ended. */
    public val localAddress: InetSocketAddress

    /** The peer's address now; it may change while the connection lives, and is the last one known once it has ended. */
    public val remoteAddress: InetSocketAddress

    /** Where this connection is in its life. */
    public val state: StateFlow<ConnectionState>

    /** Whether it is over, as [state] says too. */
    public val isClosed: Boolean get() = state.value == ConnectionState.CLOSED

    /** The generation of WebTransport that both ends speak; null until the peer's settings have arrived. */
    public val draft: WebTransportDraft?

    /** The sessions that stand now, oldest first; those without an answer are not among them. */
    public val sessions: List<WebTransportSession>

    /**
     * Whether the TLS handshake resumed an earlier connection to the same server by a session ticket
     * ([dev.webtransport.config.ClientTlsConfig.sessionResumption]); null where the transport cannot tell.
     */
    public val isResumed: Boolean?

    /**
     * Counters of this connection now; after its end those of the end. What the transport cannot tell is absent, not zero.
     *
     * Cancellation: nothing happens.
     */
    public suspend fun statistics(): ConnectionStatistics

    /**
     * Asks the server for another session on this connection; client only.
     *
     * Peers of draft-13 and later allow several at a time only under session flow control, which both ends have to want
     * ([dev.webtransport.config.Http3Config.flowControl]); without it, one. A server that has not yet seen the one before go refuses then.
     *
     * With [dev.webtransport.config.SessionStart.OPTIMISTIC] the session is handed out as soon as the request is on its way, and fails later if the
     * answer is no; [WebTransportSession.awaitReady] tells. Here nothing but the caller's own deadline bounds the wait for the answer.
     *
     * Cancellation: the request is withdrawn.
     *
     * @param path begins with a slash; may have a query
     * @throws dev.webtransport.error.SessionRejectedException if the server says no
     * @throws dev.webtransport.error.RequirementsNotMetException if the peer does not speak WebTransport, or allows no
     *   further session now
     * @throws dev.webtransport.error.TransportUnavailableException if the connection ends first
     * @throws IllegalStateException on a server
     */
    public suspend fun createSession(path: String, options: SessionOptions = SessionOptions.defaults()): WebTransportSession

    /**
     * Brings the connection to its end in good order: GOAWAY, so that the peer starts nothing new, and a drain hint on
     * every session; waits for all work in flight, that is for every session to end, and with it its streams, and for requests
     * that have no answer yet, for at most [grace]; then closes what is left, and tells what that was.
     *
     * Cancellation: the wait ends, the connection stays in draining.
     *
     * @param grace the longest wait; zero or more
     * @return the sessions that had to be cut off, and how many streams each had; none after a clean end
     * @throws IllegalArgumentException if [grace] is negative
     *
     * Specification: draft-ietf-webtrans-http3-16, section 4.7.
     */
    public suspend fun shutdown(grace: Duration): ShutdownReport

    /**
     * Closes the connection now, with every session on it (CONNECTION_CLOSE of type 0x1d). The first close wins; a later one only
     * waits.
     *
     * With H3_NO_ERROR each session is closed first, with code 0, and the connection when the peer has confirmed that or
     * [dev.webtransport.config.Http3Config.closeTimeout] is over. With another code the connection ends at once, and its sessions
     * fail at both ends with [dev.webtransport.error.ConnectionLostException], which tells the code.
     *
     * Cancellation: the connection is closed nevertheless.
     *
     * @param errorCode an error code of HTTP/3 (RFC 9114, section 8.1), not of an application: 0 to 2^31-1; H3_NO_ERROR unless named
     * @param reason for the logs of the peer; cut between two characters to 1,024 bytes of UTF-8, and by QUIC to what fits a packet
     * @throws IllegalArgumentException if the code is out of range
     */
    public suspend fun close(errorCode: Long = Http3ErrorCode.H3_NO_ERROR, reason: String = "")

    /**
     * Waits until the connection is over, in whatever way, and tells how it ended. Any number may wait; later calls get the same
     * answer.
     *
     * Cancellation: nothing happens.
     */
    public suspend fun awaitClosed(): ConnectionEnd
}

/** Where a connection is in its life. */
public enum class ConnectionState {
    /** The QUIC handshake is done; the peer's settings are awaited. */
    CONNECTING,

    /** Sessions may be made. */
    CONNECTED,

    /** One end said GOAWAY: no new sessions. */
    DRAINING,

    /** This end closes it: its sessions first, then the connection itself. */
    CLOSING,

    /** Over. */
    CLOSED,
}
