package dev.webtransport.transport

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.TcpConfig
import java.net.InetSocketAddress

/**
 * TCP with TLS: opens connections and accepts them (RFC 9293, RFC 8446, RFC 7301).
 *
 * This is the service provider interface of byte streams, on which HTTP/2 runs. Like [QuicTransport] it says what
 * WebTransport needs and nothing of how an engine works: no thread per idle connection, buffers owned by the caller,
 * backpressure by suspension. Every function may be called from any thread.
 *
 * The version of TLS is 1.3; or 1.2 where the engine sees to it that the extended master secret (RFC 7627) is used, without
 * which WebTransport over HTTP/2 must not run.
 */
@TransportSpi
public interface ByteTransport : AutoCloseable {
    /** The engine's name, for messages and logs. */
    public val name: String

    /**
     * Opens a connection and completes the handshakes of TCP and TLS.
     *
     * Cancellation: the attempt is given up and leaves no socket behind.
     *
     * @param remote where to: a resolved address
     * @param serverName the host name for SNI and for the check of the certificate; an IP literal as such
     * @param applicationProtocols what to offer by ALPN, the favourite first, such as `h2`; without any there is no ALPN
     * @throws ByteConnectionException if the connection does not come to be; [ByteCloseReason] says why
     */
    public suspend fun connect(
        remote: InetSocketAddress,
        serverName: String,
        applicationProtocols: List<String>,
        tls: ClientTlsConfig,
        config: TcpConfig,
    ): ByteConnection

    /**
     * Binds a TCP port and accepts connections.
     *
     * @param local the address to bind; port 0 picks a free one
     * @param applicationProtocols what to agree to by ALPN, the favourite first: the first one that the client offers, too, is
     * used. A client that offers others only is refused; one that offers none is accepted without a protocol
     * @throws java.io.IOException if the address cannot be bound or the identity not be loaded
     */
    public suspend fun listen(
        local: InetSocketAddress,
        applicationProtocols: List<String>,
        tls: ServerTlsConfig,
        config: TcpConfig,
    ): ByteListener

    /** Ends what is left of connections and listeners, and gives back threads. Repeatable. */
    override fun close()
}

/** Accepts the connections of one TCP port. */
@TransportSpi
public interface ByteListener {
    /** The bound address, with the port that was picked. */
    public val localAddress: InetSocketAddress

    /**
     * The next connection whose handshakes are complete, or null once the listener is closed. The backlog is bounded by
     * [TcpConfig.acceptBacklog]; connections beyond it are closed.
     *
     * Cancellation: no connection is lost to it.
     */
    public suspend fun accept(): ByteConnection?

    /** Stops accepting; what waits to be accepted is closed. Connections that were accepted live on. Repeatable. */
    public suspend fun close()
}
