package dev.webtransport.server

import dev.webtransport.config.ServerConfig
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.error.WebTransportException
import dev.webtransport.runtime.Http3Connection
import dev.webtransport.runtime.IdlePolicy
import dev.webtransport.runtime.OpenConnections
import dev.webtransport.runtime.PendingRequest
import dev.webtransport.runtime.Totals
import dev.webtransport.runtime.warnOfUnusedSettings
import dev.webtransport.session.LogContext
import dev.webtransport.session.ShutdownReport
import dev.webtransport.session.WebTransportConnection
import dev.webtransport.session.WebTransportSession
import dev.webtransport.transport.ArrivalQueue
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.QuicTransports
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Headers
import dev.webtransport.value.ServerStatistics
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.job
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import org.slf4j.LoggerFactory
import java.io.IOException
import java.net.BindException
import java.net.InetSocketAddress
import java.time.Duration
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.time.TimeSource
import kotlin.time.toKotlinDuration

/**
 * Accepts WebTransport sessions on one port or several addresses.
 *
 * **A server owns what it accepted**: [close] ends every session and connection and gives back the engine's threads.
 *
 * ```
 * val server = WebTransportServer.listen(ServerConfig.builder(tls).build())
 * server.serve { request -> handle(request.accept()) }
 * ```
 */
public class WebTransportServer private constructor(
    /** The settings of this server. */
    public val config: ServerConfig,
    private val transport: QuicTransport,
    private val listeners: List<QuicListener>,
    context: CoroutineContext,
    private val timeSource: TimeSource,
) {
    private val scope = CoroutineScope(Dispatchers.Default + context + SupervisorJob(context[Job]) + CoroutineName("webtransport-server"))
    private val open = OpenConnections()
    private val totals = Totals(timeSource)
    private val counters = ServerCounters(totals)
    private val slots = SessionSlots(config.maxSessions())

    /** Not below [scope]'s job: a handler that closes the server waits for that one. */
    private val serving = SupervisorJob(context[Job])
    private val closed = CompletableDeferred<Unit>()
    private val waiting = ArrivalQueue<SessionRequest>(config.maxPendingRequests())

    /** The addresses this server listens on, with the ports that were picked. */
    public val localAddresses: List<InetSocketAddress> get() = listeners.map { it.localAddress }

    /** The port of the first address. */
    public val port: Int get() = localAddresses.first().port

    /** The connections that are open now, oldest first. */
    public val connections: List<WebTransportConnection> get() = open.toList()

    /** The sessions that stand now, those of the oldest connection first. */
    public val sessions: List<WebTransportSession> get() = open.toList().flatMap { it.sessions }

    /**
     * Session requests, in the order of arrival. One bounded queue ([ServerConfig.maxPendingRequests]) feeds all
     * collectors; the flow completes when the server is closed.
     */
    public val requests: Flow<SessionRequest> = flow { while (true) emit(acceptRequest() ?: break) }

    init {
        scope.coroutineContext.job.invokeOnCompletion { totals.handleEnd() }
        warnOfUnusedSettings(transport, config.quic())
        listeners.forEach { listener -> scope.launch { acceptConnections(listener) } }
    }

    /** What this server has done so far; after its end the last values. For any thread; never waits. */
    public fun statistics(): ServerStatistics = counters.snapshot(open)

    /** The next session request, or null once the server is closed. Cancellation: no request is lost. */
    public suspend fun acceptRequest(): SessionRequest? = waiting.take()

    /**
     * Runs [handler] for each session request, each in a coroutine of its own, until the server is closed. A request that
     * the handler leaves unanswered is rejected with 405. A failure of a handler is logged, its request
     * rejected with 500 if it was not answered yet, else its session closed with code 500; other requests go on. A
     * [RejectSessionException] is no failure: it rejects the request as it says. A session that was accepted lives on when its
     * handler returns: close it there.
     *
     * Cancellation: running handlers are cancelled; the server goes on listening.
     */
    public suspend fun serve(handler: suspend (SessionRequest) -> Unit) {
        supervisorScope {
            while (true) {
                val request = acceptRequest() ?: break
                launch(request.logContext) { handle(request, handler) }
            }
        }
    }

    /** Serves as [serve] with a handler does, each request to whom [router] leads it. */
    public suspend fun serve(router: Router): Unit = serve(router::handle)

    /** Serves in the background, in coroutines of the server's own, until it is closed. */
    internal fun start(router: Router) {
        CoroutineScope(scope.coroutineContext + serving + Serving(this)).launch { serve(router) }
    }

    private suspend fun handle(request: SessionRequest, handler: suspend (SessionRequest) -> Unit) {
        var status = HTTP_METHOD_NOT_ALLOWED
        var headers = Headers.EMPTY
        try {
            handler(request)
        } catch (cancelled: CancellationException) {
            status = HTTP_UNAVAILABLE
            throw cancelled
        } catch (failed: Exception) {
            if (failed is RejectSessionException && !request.isAnswered) {
                log.debug("{} is rejected with {}: {}", request, failed.status, failed.message)
                status = failed.status
                headers = failed.headers
            } else if (failed is WebTransportException && request.isAnswered) {
                log.debug("{} ended: {}", request, failed.message)
            } else {
                status = HTTP_INTERNAL_ERROR
                counters.failures.increment()
                log.error("the handler of {} failed", request, failed)
                request.closeSession(FAILED)
            }
        } finally {
            withContext(NonCancellable) { request.rejectIfOpen(status, headers) }
        }
    }

    /**
     * Comes to an end in good order: accepts nothing new, tells every client to come to an end (GOAWAY), waits for all work in
     * flight as [WebTransportConnection.shutdown] does, for at most [grace], then closes what is left, and tells what that was.
     *
     * Cancellation: the server is closed at once.
     *
     * @return what had to be cut off, of all connections
     * @throws IllegalArgumentException if [grace] is negative
     */
    public suspend fun shutdown(grace: Duration): ShutdownReport {
        require(!grace.isNegative) { "grace $grace is negative" }
        try {
            listeners.forEach { it.close() }
            return open.shutdown(grace)
        } finally {
            close()
        }
    }

    /**
     * Closes every session with code 0 and every connection, and gives back the engine. Repeatable.
     *
     * Cancellation: everything is closed nevertheless.
     */
    public suspend fun close() {
        // A handler that closes its server cannot wait for itself.
        val isHandler = currentCoroutineContext()[Serving]?.server === this
        withContext(NonCancellable) {
            listeners.forEach { it.close() }
            open.toList().map { scope.launch { it.close() } }.joinAll()
            waiting.close()
            serving.cancel()
            if (!isHandler) serving.join()
            scope.coroutineContext.job.cancelAndJoin()
            transport.close()
            closed.complete(Unit)
        }
    }

    /** Waits until the server was closed, by whomever. Repeatable. Cancellation: the wait ends, the server goes on. */
    public suspend fun awaitClosed() {
        closed.await()
    }

    private suspend fun acceptConnections(listener: QuicListener) {
        while (true) {
            val quic = listener.accept() ?: break
            if (open.size >= config.maxConnections()) {
                counters.refused.increment()
                quic.close(Http3ErrorCode.H3_EXCESSIVE_LOAD, "the server has all the connections it takes")
            } else {
                counters.accepted.increment()
                scope.launch { begin(quic) }
            }
        }
    }

    private suspend fun begin(quic: QuicConnection) {
        val idle = config.idleConnectionTimeout()
        val connection =
            Http3Connection(
                quic,
                authority = "",
                config.quic(),
                config.http3(),
                IdlePolicy(beforeFirstSession = config.http3().settingsTimeout().plus(idle), afterLastSession = idle),
                scope.coroutineContext,
                timeSource,
                totals,
                ::handleRequest,
            )
        open.add(connection)
        try {
            connection.start()
        } catch (gone: QuicConnectionException) {
            LogContext.around(connection.id) { log.debug("a connection ended before HTTP/3 began: {}", gone.reason) }
        } catch (unusable: TransportUnavailableException) {
            LogContext.around(connection.id) { log.debug("a connection was closed before HTTP/3 began: {}", unusable.message) }
        }
    }

    private fun handleRequest(pending: PendingRequest) {
        val request = SessionRequest(pending, timeSource)
        scope.launch(request.logContext) {
            //= draft-ietf-webtrans-http3-16#3.2
            //# A server verifies the Origin of a request that has one, and answers 403 if it does not allow it.
            val origin = request.origin
            when {
                origin != null && !config.originPolicy().allows(origin, request.authority) -> {
                    log.info("{} rejected: origin {} is not allowed by the policy: {}", request, origin, config.originPolicy())
                    request.rejectIfOpen(HTTP_FORBIDDEN)
                }

                //= draft-ietf-webtrans-http3-16#5.2
                //# A server limits the rate of sessions, and says 429 where the application is to hear of it.
                !slots.tryTake() -> {
                    log.info("{} rejected: the server has all the {} sessions it takes", request, config.maxSessions())
                    request.rejectIfOpen(HTTP_TOO_MANY_REQUESTS)
                }

                else -> {
                    try {
                        await(request)
                    } finally {
                        slots.giveBack()
                    }
                }
            }
        }
    }

    /** Shows a request to the application, and returns when it is rejected, or its session over. */
    private suspend fun await(request: SessionRequest) {
        if (!waiting.offer(request)) {
            request.rejectIfOpen(HTTP_TOO_MANY_REQUESTS)
            return
        }
        withTimeoutOrNull(config.requestTimeout().toKotlinDuration()) { request.awaitSettled() }
            ?: request.rejectIfOpen(HTTP_UNAVAILABLE)
        request.awaitSessionEnd()
    }

    public companion object {
        private val log = LoggerFactory.getLogger(WebTransportServer::class.java)

        /** How a session ends whose handler failed: with HTTP's number for that. */
        private val FAILED = CloseInfo.of(500, "internal error")

        private const val HTTP_FORBIDDEN = 403
        private const val HTTP_METHOD_NOT_ALLOWED = 405
        private const val HTTP_TOO_MANY_REQUESTS = 429
        private const val HTTP_INTERNAL_ERROR = 500
        private const val HTTP_UNAVAILABLE = 503

        /** How often further addresses are tried on the port that the first one was given. */
        private const val PORT_ATTEMPTS = 16

        /**
         * Begins to listen, over the QUIC engine that [config] names ([ServerConfig.engine]), or the best that can run here.
         *
         * @throws dev.webtransport.error.TransportUnavailableException if it cannot run here; the message says what is missing and
         *   what to add
         * @throws IllegalArgumentException if the system property `dev.webtransport.engine` has to decide and names no engine
         * @throws IOException if an address cannot be bound, or the certificate not be used
         * @throws UnsupportedOperationException if there are certificates for single names and the engine has one for all
         */
        public suspend fun listen(config: ServerConfig): WebTransportServer =
            listen(config, QuicTransports.of(config.engine()))

        /**
         * The same over a given transport, which the server owns from now on and closes; [ServerConfig.engine] is not used.
         *
         * @param context where the server's coroutines run: a parent job, a dispatcher (default [Dispatchers.Default])
         * @param timeSource the clock of timeouts; one that follows virtual time in tests
         */
        @TransportSpi
        public suspend fun listen(
            config: ServerConfig,
            transport: QuicTransport,
            context: CoroutineContext = EmptyCoroutineContext,
            timeSource: TimeSource = TimeSource.Monotonic,
        ): WebTransportServer {
            try {
                checkIdentities(config, transport)
                return WebTransportServer(config, transport, bind(config, transport), context, timeSource)
            } catch (failed: Throwable) {
                transport.close()
                throw failed
            }
        }

        private fun checkIdentities(config: ServerConfig, transport: QuicTransport) {
            if (config.tls().identities().isEmpty() || TransportCapability.SERVER_NAME_IDENTITIES in transport.capabilities) return
            throw UnsupportedOperationException(
                "the transport ${transport.name} shows one certificate to all clients " +
                    "(it lacks TransportCapability.SERVER_NAME_IDENTITIES), but there are others for ${config.tls().identities().keys}; use one certificate with all names, or another transport",
            )
        }

        /** Binds all addresses; those with port 0 to the same free port. */
        private suspend fun bind(config: ServerConfig, transport: QuicTransport): List<QuicListener> {
            repeat(PORT_ATTEMPTS) { attempt ->
                val bound = mutableListOf<QuicListener>()
                try {
                    for (address in config.bindAddresses()) {
                        val port = if (address.port == 0 && bound.isNotEmpty()) bound.first().localAddress.port else address.port
                        bound += transport.listen(InetSocketAddress(address.address, port), config.tls(), config.quic())
                    }
                    return bound
                } catch (failed: Throwable) {
                    withContext(NonCancellable) { bound.forEach { it.close() } }
                    // A port that was picked for one address may be taken on the next: pick another.
                    val picked = failed is BindException && config.bindAddresses().any { it.port == 0 } && bound.isNotEmpty()
                    if (!picked || attempt == PORT_ATTEMPTS - 1) throw failed
                }
            }
            error("unreachable: the last attempt returns or throws")
        }
    }
}
