package dev.webtransport.transport

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerTlsConfig
import java.net.InetAddress
import java.net.InetSocketAddress

/**
 * A QUIC engine: opens connections and accepts them (RFC 9000, RFC 9221).
 *
 * This is the service provider interface of QUIC. It says what WebTransport needs and nothing of how an engine works: no
 * thread per idle stream, buffers owned by the caller, backpressure by suspension, and
 * [capabilities][TransportCapability] for what an engine cannot do. Every function may be called from any thread.
 */
@TransportSpi
public interface QuicTransport : AutoCloseable {
    /** The engine's name, for messages and logs. */
    public val name: String

    /** What this engine can do; connections have the same. */
    public val capabilities: Set<TransportCapability>

    /**
     * The addresses of a host on the network of this transport, best first; never none. Unless overridden the system's, asked
     * for on [kotlinx.coroutines.Dispatchers.IO]; a transport that has names of its own answers for itself.
     *
     * Cancellation: the question is given up.
     *
     * @param host a name, or an IP literal without brackets
     * @throws java.net.UnknownHostException if there is no such host
     */
    public suspend fun resolve(host: String): List<InetAddress> = SystemNames.resolve(host)

    /**
     * Opens a connection and completes its handshake with the ALPN `h3`.
     *
     * Cancellation: the attempt is given up and leaves no socket behind.
     *
     * @param remote where to: a resolved address
     * @param serverName the host name for SNI and for the check of the certificate; an IP literal as such
     * @throws QuicConnectionException if the connection does not come to be; [QuicCloseReason] says why
     */
    public suspend fun connect(
        remote: InetSocketAddress,
        serverName: String,
        tls: ClientTlsConfig,
        config: QuicConfig,
    ): QuicConnection

    /**
     * Binds a UDP port and accepts connections with the ALPN `h3`.
     *
     * Without [TransportCapability.SERVER_NAME_IDENTITIES] it is given one identity only.
     *
     * @param local the address to bind; port 0 picks a free one
     * @throws java.io.IOException if the address cannot be bound or the identity not be loaded
     */
    public suspend fun listen(local: InetSocketAddress, tls: ServerTlsConfig, config: QuicConfig): QuicListener

    /** Ends what is left of connections and listeners, and gives back threads. Repeatable. */
    override fun close()
}

/** Accepts the connections of one UDP port. */
@TransportSpi
public interface QuicListener {
    /** The bound address, with the port that was picked. */
    public val localAddress: InetSocketAddress

    /**
     * The next connection whose handshake is complete, or null once the listener is closed. The backlog is bounded by
     * [QuicConfig.acceptBacklog]; connections beyond it are refused.
     *
     * Cancellation: no connection is lost to it.
     */
    public suspend fun accept(): QuicConnection?

    /** Stops accepting. Connections that were accepted live on, and keep the port until they end. Repeatable. */
    public suspend fun close()
}

/** What a QUIC engine may or may not be able to do. */
public enum class TransportCapability {
    /** Unreliable datagrams (RFC 9221). */
    DATAGRAMS,

    /** Tells the error code of a RESET_STREAM frame of the peer. */
    PEER_RESET_CODE,

    /** Tells the error code of a STOP_SENDING frame of the peer. */
    PEER_STOP_CODE,

    /** Sends error codes of up to 62 bits in RESET_STREAM and STOP_SENDING; without it the code that arrives has no mapping. */
    WIDE_STREAM_CODES,

    /** RESET_STREAM_AT (draft-ietf-quic-reliable-stream-reset): a reset that does not overtake the stream's header. */
    RELIABLE_RESET,

    /**
     * Keeps silent connections alive by itself, as [QuicConfig.keepAliveInterval] says. Where an engine cannot, HTTP/3 does, with a
     * frame that means nothing.
     */
    KEEP_ALIVE,

    /** The TLS exporter (RFC 8446, section 7.5). */
    KEYING_MATERIAL_EXPORTER,

    /**
     * Resumes an earlier connection to the same host and port under the same TLS settings by a session ticket (RFC 8446, section 2.2),
     * where [dev.webtransport.config.SessionResumption] allows it at both ends; never with 0-RTT data.
     */
    SESSION_RESUMPTION,

    /** A server that says [dev.webtransport.config.SessionResumption.NEVER] resumes nothing; without it listening so is refused. */
    RESUMPTION_REFUSAL,

    /** A server asks clients for certificates, as [dev.webtransport.config.ClientAuthentication] says; without it listening so is refused. */
    CLIENT_CERTIFICATES,

    /** Needs no thread for each connection: thousands may be open at once. */
    SHARED_THREADS,

    /** Writes a qlog file per connection, as [QuicConfig.qlogDirectory] says. */
    QLOG,

    /** Shows the certificate of the name that a client asks for, as [ServerTlsConfig.identityFor] chooses it. */
    SERVER_NAME_IDENTITIES,

    /** Sets up its UDP sockets as [QuicConfig.socket] says. */
    SOCKET_OPTIONS,
}

/** Marks the service provider interface of transports: implementers follow it from version to version, applications do not see it. */
@RequiresOptIn(message = "The transport SPI may change between minor versions.", level = RequiresOptIn.Level.WARNING)
@Retention(AnnotationRetention.BINARY)
@Target(AnnotationTarget.CLASS, AnnotationTarget.CONSTRUCTOR, AnnotationTarget.FUNCTION, AnnotationTarget.PROPERTY)
public annotation class TransportSpi
