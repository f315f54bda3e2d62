package dev.webtransport.server

import dev.webtransport.config.ServerConfig
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportSpi
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.time.TimeSource

/**
 * Begins to listen and to serve:
 *
 * ```
 * val server = webTransportServer(config) {
 *     intercept(loggingInterceptor())
 *     route("/chat/{room}") { request -> chat(request.pathParameters.getValue("room"), request.accept()) }
 * }
 * server.awaitClosed()
 * ```
 *
 * Handlers run in the server's own coroutines, until it is closed. What is to be done before and after is written before this
 * call and after [WebTransportServer.awaitClosed].
 *
 * Cancellation: nothing is left listening.
 *
 * @param routes what the server answers; see [Router]
 * @throws dev.webtransport.error.TransportUnavailableException if the QUIC engine that [config] names cannot run here, or none can
 * @throws java.io.IOException if an address cannot be bound, or the certificate not be used
 * @throws IllegalArgumentException if [routes] adds what is no route
 */
public suspend fun webTransportServer(config: ServerConfig, routes: Router.() -> Unit): WebTransportServer {
    val router = Router().apply(routes)
    return WebTransportServer.listen(config).also { it.start(router) }
}

/** The same over a given transport, as [WebTransportServer.listen] takes it. */
@TransportSpi
public suspend fun webTransportServer(
    config: ServerConfig,
    transport: QuicTransport,
    context: CoroutineContext = EmptyCoroutineContext,
    timeSource: TimeSource = TimeSource.Monotonic,
    routes: Router.() -> Unit,
): WebTransportServer {
    val router = Router().apply(routes)
    return WebTransportServer.listen(config, transport, context, timeSource).also { it.start(router) }
}
