package dev.webtransport.testkit.script

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.testkit.Loopback
import dev.webtransport.testkit.await
import dev.webtransport.testkit.certificate.TestCertificates
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicTransport
import dev.webtransport.value.DatagramStatus
import dev.webtransport.value.Perspective
import java.net.InetAddress
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import kotlin.time.Duration

/**
 * One end of a QUIC connection, without HTTP/3 or WebTransport above it: it sends what a test tells it to, in any order, and checks
 * what the other end makes of it.
 *
 * ```
 * val peer = loopback.scriptedClient()
 * peer.openControlStream()
 * peer.openUnidirectionalStream().send(controlStream(clientSettings()))
 * peer.expectClosed(Http3ErrorCode.H3_STREAM_CREATION_ERROR)
 * ```
 *
 * Every wait ends: unless a timeout is given after an hour of virtual time, or ten seconds of real time, with an [AssertionError]
 * that says what was there instead.
 */
public class ScriptedPeer internal constructor(
    private val connection: QuicConnection,
) {
    /** Which end this is. */
    public val perspective: Perspective get() = connection.perspective

    /** Opens a unidirectional stream. The other end learns of it with the first bytes. */
    public suspend fun openUnidirectionalStream(timeout: Duration? = null): ScriptedStream {
        return expect(timeout, "credit for a unidirectional stream") { ScriptedStream(this, connection.openUnidirectionalStream()) }
    }

    /** Opens a bidirectional stream. The other end learns of it with the first bytes. */
    public suspend fun openBidirectionalStream(timeout: Duration? = null): ScriptedStream {
        return expect(timeout, "credit for a bidirectional stream") { ScriptedStream(this, connection.openBidirectionalStream()) }
    }

    /** Opens a unidirectional stream if the other end allows one more now, else answers null: for floods. */
    public fun tryOpenUnidirectionalStream(): ScriptedStream? = connection.tryOpenUnidirectionalStream()?.let { ScriptedStream(this, it) }

    /** The same for a bidirectional stream. */
    public fun tryOpenBidirectionalStream(): ScriptedStream? = connection.tryOpenBidirectionalStream()?.let { ScriptedStream(this, it) }

    /** The next unidirectional stream of the other end, whatever it is; the first are those of HTTP/3. */
    public suspend fun acceptUnidirectionalStream(timeout: Duration? = null): ScriptedStream {
        return expect(timeout, "a unidirectional stream") { ScriptedStream(this, connection.acceptUnidirectionalStream()) }
    }

    /** The next bidirectional stream of the other end, whatever it is. */
    public suspend fun acceptBidirectionalStream(timeout: Duration? = null): ScriptedStream {
        return expect(timeout, "a bidirectional stream") { ScriptedStream(this, connection.acceptBidirectionalStream()) }
    }

    /** Sends a datagram of QUIC; [Http3Bytes.datagram] makes one of a session. */
    public fun sendDatagram(bytes: ByteArray): DatagramStatus = connection.sendDatagram(ByteBuffer.wrap(bytes))

    /** The next datagram of QUIC. */
    public suspend fun receiveDatagram(timeout: Duration? = null): ByteArray {
        return expect(timeout, "a datagram") {
            val datagram = connection.receiveDatagram()
            ByteArray(datagram.remaining()).also { datagram.get(it) }
        }
    }

    /** Closes the connection with a code of HTTP/3, valid or not. */
    public fun close(errorCode: Long = Http3ErrorCode.H3_NO_ERROR, reason: String = ""): Unit = connection.close(errorCode, reason)

    // ---- what well-behaved peers say

    /** Opens the control stream and says the settings: a valid opening, unless [settings] are not. */
    public suspend fun openControlStream(settings: Map<Long, Long> = validSettings()): ScriptedStream {
        return openUnidirectionalStream().also { it.send(Http3Bytes.controlStream(settings)) }
    }

    /** Client: asks for a session on a stream of its own, whose id is that of the session. */
    public suspend fun request(path: String = "/", authority: String = "server.test"): ScriptedStream {
        return openBidirectionalStream().also { it.send(Http3Bytes.request(authority, path)) }
    }

    /** Client: the same, and takes the answer, which must be 200. */
    public suspend fun openSession(path: String = "/"): ScriptedStream = request(path).also { it.expectAnswer(OK) }

    /** Server: the next stream of the client, from which a HEADERS frame is taken: its request. */
    public suspend fun acceptRequest(timeout: Duration? = null): ScriptedStream {
        return acceptBidirectionalStream(timeout).also { it.expectHeaders(timeout) }
    }

    // ---- what is expected of the other end

    /**
     * Waits until the other end closes the connection, and checks the code.
     *
     * @return its reason, for people
     */
    public suspend fun expectClosed(errorCode: Long, timeout: Duration? = null): String {
        val expected = "a close with ${Http3ErrorCode.describe(errorCode)}"
        val reason = expect(timeout, expected) { connection.awaitClosed() }
        if (reason is QuicCloseReason.Application && reason.errorCode == errorCode) return reason.reason
        throw unexpected(expected, reason.shown())
    }

    /** Waits until nothing was heard of this end for the idle timeout, or of the other end. */
    public suspend fun expectTimedOut(timeout: Duration? = null) {
        val expected = "the idle timeout"
        val reason = expect(timeout, expected) { connection.awaitClosed() }
        if (reason !is QuicCloseReason.TimedOut) throw unexpected(expected, reason.shown())
    }

    override fun toString(): String = "scripted ${perspective.name.lowercase()}"

    private suspend fun <T> expect(timeout: Duration?, what: String, block: suspend () -> T): T {
        return await(timeout, block).orFail(toString(), what)
    }

    private fun unexpected(expected: String, actual: String) = AssertionError("$this: expected $expected, but there was $actual")

    private fun validSettings() = if (perspective == Perspective.CLIENT) Http3Bytes.clientSettings() else Http3Bytes.serverSettings()

    /** Where scripted peers come from, over any transport. */
    public companion object {
        private const val OK = 200

        /**
         * A client: connects to a server.
         *
         * @throws dev.webtransport.transport.QuicConnectionException if the connection does not come to be
         */
        public suspend fun connect(
            transport: QuicTransport,
            remote: InetSocketAddress,
            tls: ClientTlsConfig = ClientTlsConfig.defaults(),
            config: QuicConfig = QuicConfig.defaults(),
        ): ScriptedPeer = ScriptedPeer(transport.connect(remote, remote.hostString, tls, config))

        /**
         * A server: listens on a port of this machine.
         *
         * @throws java.io.IOException if there is no port
         */
        public suspend fun listen(
            transport: QuicTransport,
            tls: ServerTlsConfig,
            config: QuicConfig = QuicConfig.defaults(),
        ): ScriptedServer {
            return ScriptedServer(transport.listen(InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tls, config))
        }
    }
}

/** Where clients find scripted servers, one for each connection. */
public class ScriptedServer internal constructor(
    private val listener: QuicListener,
) {
    /** The port on which it listens. */
    public val port: Int get() = listener.localAddress.port

    /** What a client connects to. */
    public fun url(path: String = "/"): String = "https://${listener.localAddress.address.hostAddress}:$port$path"

    /** The next client. */
    public suspend fun accept(timeout: Duration? = null): ScriptedPeer {
        val connection = await(timeout) { listener.accept() }.orFail("scripted server", "a connection")
        return ScriptedPeer(checkNotNull(connection) { "the scripted server was closed" })
    }

    /** Accepts no more. Repeatable. */
    public suspend fun close(): Unit = listener.close()

    override fun toString(): String = "scripted server on port $port"
}

/** A scripted client of the server of this loopback. */
public suspend fun Loopback.scriptedClient(config: QuicConfig = QuicConfig.defaults()): ScriptedPeer {
    return ScriptedPeer.connect(transport, InetSocketAddress(InetAddress.getLoopbackAddress(), server.port), config = config)
}

/** A scripted server in this loopback; its client reaches it by [ScriptedServer.url]. */
public suspend fun Loopback.scriptedServer(config: QuicConfig = QuicConfig.defaults()): ScriptedServer {
    return ScriptedPeer.listen(transport, TestCertificates.forLoopback().server(), config)
}
