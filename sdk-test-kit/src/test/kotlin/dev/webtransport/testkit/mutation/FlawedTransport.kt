package dev.webtransport.testkit.mutation

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.transport.QuicBidirectionalStream
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import dev.webtransport.transport.QuicTransport
import kotlinx.coroutines.CoroutineScope
import java.net.InetSocketAddress

/**
 * A good transport around which everything is wrapped, so that a bug can be planted anywhere.
 *
 * @param bug the one mistake, or null for none
 */
internal class FlawedTransport(
    private val inner: QuicTransport,
    private val bug: PlantedBug?,
    private val scope: CoroutineScope,
) : QuicTransport by inner {
    /** By port: what either end was configured with. */
    private val configs = HashMap<Int, QuicConfig>()

    override suspend fun connect(
        remote: InetSocketAddress,
        serverName: String,
        tls: ClientTlsConfig,
        config: QuicConfig,
    ): QuicConnection {
        val connection = inner.connect(remote, serverName, tls, bug?.config(config) ?: config)
        configs[connection.localAddress.port] = config
        return wrap(connection)
    }

    override suspend fun listen(local: InetSocketAddress, tls: ServerTlsConfig, config: QuicConfig): QuicListener {
        val listener = inner.listen(local, tls, bug?.config(config) ?: config)
        configs[listener.localAddress.port] = config
        val wrapped = object : QuicListener by listener {
            override suspend fun accept(): QuicConnection? = listener.accept()?.let(::wrap)
        }
        return bug?.listener(wrapped, scope) ?: wrapped
    }

    override fun close() {
        if (bug?.closes != false) inner.close()
    }

    private fun wrap(connection: QuicConnection): QuicConnection {
        // The server's end may show up before the client's connect has returned.
        val place = Place(scope, configs[connection.remoteAddress.port] ?: QuicConfig.defaults())
        val streams = FlawedConnection(connection, bug, place)
        return bug?.connection(streams, place) ?: streams
    }
}

/** Wraps the streams. */
private class FlawedConnection(
    private val inner: QuicConnection,
    private val bug: PlantedBug?,
    private val place: Place,
) : QuicConnection by inner {
    override suspend fun openBidirectionalStream() = wrap(inner.openBidirectionalStream())

    override suspend fun openUnidirectionalStream() = wrap(inner.openUnidirectionalStream())

    override fun tryOpenBidirectionalStream() = inner.tryOpenBidirectionalStream()?.let(::wrap)

    override fun tryOpenUnidirectionalStream() = inner.tryOpenUnidirectionalStream()?.let(::wrap)

    override suspend fun acceptBidirectionalStream() = wrap(inner.acceptBidirectionalStream())

    override suspend fun acceptUnidirectionalStream() = wrap(inner.acceptUnidirectionalStream())

    private fun wrap(stream: QuicBidirectionalStream) = BothHalves(stream.id, wrap(stream.send), wrap(stream.receive))

    private fun wrap(stream: QuicSendStream) = bug?.sending(stream, place) ?: stream

    private fun wrap(stream: QuicReceiveStream) = bug?.receiving(stream, place) ?: stream
}

internal class BothHalves(
    override val id: Long,
    override val send: QuicSendStream,
    override val receive: QuicReceiveStream,
) : QuicBidirectionalStream
