package dev.webtransport.session

import dev.webtransport.config.SessionOptions
import dev.webtransport.config.WebTransportDraft
import dev.webtransport.value.Perspective
import kotlinx.coroutines.flow.StateFlow
import java.net.InetSocketAddress
import java.time.Duration

/** One QUIC connection and the sessions on it. */
@SubclassOptInRequired(NotForImplementation::class)
public interface WebTransportConnection {
    /** Which end this is. */
    public val perspective: Perspective

    /** The local address. */
    public val localAddress: InetSocketAddress

    /** The peer's address now; it may change while the connection lives. */
    public val remoteAddress: InetSocketAddress

    /** Where this connection is in its life. */
    public val state: StateFlow<ConnectionState>

    /** The generation of WebTransport that both ends speak; null until the peer's settings have arrived. */
    public val draft: WebTransportDraft?

    /** The sessions that stand now, oldest first. */
    public val sessions: List<WebTransportSession>

    /**
     * Asks the server for another session on this connection; client only.
     *
     * Peers of draft-13 and later allow several at a time only under session flow control, which both ends have to want
     * ([dev.webtransport.config.Http3Config.flowControl]); without it, one.
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
     * every session; waits for the sessions to close, for at most [grace]; then closes what is left.
     *
     * Cancellation: the wait ends, the connection stays in draining.
     */
    public suspend fun shutdown(grace: Duration)

    /**
     * Closes the connection now, with every session on it. The first close wins.
     *
     * Cancellation: the connection is closed nevertheless.
     */
    public suspend fun close()

    /** Waits until the connection is over, in whatever way. Repeatable. */
    public suspend fun awaitClosed()
}

/** Where a connection is in its life. */
public enum class ConnectionState {
    /** The QUIC handshake is done; the peer's settings are awaited. */
    CONNECTING,

    /** Sessions may be made. */
    CONNECTED,

    /** One end said GOAWAY: no new sessions. */
    DRAINING,

    /** Over. */
    CLOSED,
}
