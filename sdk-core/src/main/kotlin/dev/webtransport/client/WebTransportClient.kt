package dev.webtransport.client

import dev.webtransport.config.ClientConfig
import dev.webtransport.config.SessionOptions
import dev.webtransport.config.SessionStart
import dev.webtransport.error.Http3ErrorCode
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.error.WebTransportException
import dev.webtransport.runtime.Http3Connection
import dev.webtransport.runtime.IdlePolicy
import dev.webtransport.runtime.OpenConnections
import dev.webtransport.runtime.Totals
import dev.webtransport.runtime.warnOfUnusedSettings
import dev.webtransport.session.ShutdownReport
import dev.webtransport.session.WebTransportConnection
import dev.webtransport.session.WebTransportSession
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.QuicTransports
import dev.webtransport.transport.TransportSpi
import dev.webtransport.value.ClientStatistics
import dev.webtransport.value.Headers
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.job
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.UnknownHostException
import java.time.Duration
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.time.TimeSource
import kotlin.time.toKotlinDuration

/**
 * Opens WebTransport sessions.
 *
 * **A client owns what it opened**: [close] ends every session and connection, and gives back the engine's threads. One
 * client serves a whole application; it may be used from any coroutine.
 *
 * ```
 * val client = WebTransportClient()
 * val session = client.connect("https://example.com:4433/echo")
 * ```
 *
 * @constructor A client over a given transport, which it owns from now on and closes; [ClientConfig.engine] is not used.
 * @param context where the client's coroutines run: a parent job, a dispatcher (default [Dispatchers.Default])
 * @param timeSource the clock of timeouts; one that follows virtual time in tests
 */
public class WebTransportClient
    @TransportSpi
    constructor(
        /** The settings of this client. */
        public val config: ClientConfig,
        private val transport: QuicTransport,
        context: CoroutineContext = EmptyCoroutineContext,
        private val timeSource: TimeSource = TimeSource.Monotonic,
    ) {
        private val scope =
            CoroutineScope(Dispatchers.Default + context + SupervisorJob(context[Job]) + CoroutineName("webtransport-client"))
        private val open = OpenConnections()
        private val totals = Totals(timeSource)
        private val connects = ConnectCounters(totals, timeSource)

        @Volatile
        private var goingAway = false

        init {
            scope.coroutineContext.job.invokeOnCompletion { totals.handleEnd() }
            warnOfUnusedSettings(transport, config.quic())
        }

        /** The connections that are open now, oldest first. */
        public val connections: List<WebTransportConnection> get() = open.toList()

        /**
         * A client over the QUIC engine that [config] names ([ClientConfig.engine]), or the best that can run here.
         *
         * @throws TransportUnavailableException if it cannot run here; the message says what is missing and what to add
         * @throws IllegalArgumentException if the system property `dev.webtransport.engine` has to decide and names no engine
         */
        @Throws(TransportUnavailableException::class)
        public constructor(config: ClientConfig = ClientConfig.defaults()) : this(config, QuicTransports.of(config.engine()))

        /**
         * Opens a session on a connection of its own; the connection is closed with the session.
         *
         * All addresses of the host are tried, IPv6 and IPv4 in turn and each beside those before it
         * ([ClientConfig.connectionAttemptDelay], RFC 8305); the first that answers wins. Bounded as a whole by
         * [ClientConfig.connectTimeout]. Redirects are not followed.
         *
         * With [SessionStart.OPTIMISTIC] the session is handed out as soon as the request is on its way. It may be used at once, and fails
         * later if the answer is no or does not come in time; [WebTransportSession.awaitReady] tells. Not sooner than the server's settings,
         * which say what may be asked for.
         *
         * Cancellation: the attempt is given up and leaves nothing open.
         *
         * @param url `https://host:port/path?query`; port 443 unless named; no fragment
         * @throws dev.webtransport.error.TransportUnavailableException if there is no connection: no such host, nobody answers, the
         *   certificate is not trusted, the time is up; the message names the stage
         * @throws dev.webtransport.error.RequirementsNotMetException if the server does not speak WebTransport
         * @throws dev.webtransport.error.SessionRejectedException if the server says no
         * @throws IllegalArgumentException if the URL is not one
         * @throws IllegalStateException after [close] or [shutdown]
         */
        public suspend fun connect(url: String, options: SessionOptions = SessionOptions.defaults()): WebTransportSession {
            val target = WebTransportUrl.parse(url)
            val attempt = ConnectAttempt(target, connects)
            val session =
                connecting(attempt, release = { it.connection }) { stage ->
                    val connection = open(target, IdlePolicy(beforeFirstSession = null, afterLastSession = Duration.ZERO), stage)
                    try {
                        stage.reach("waiting for the server's settings")
                        connection.awaitReady()
                        stage.reach("waiting for the server's answer to the session request")
                        connection.createSession(target.path, merged(options))
                    } catch (failed: Throwable) {
                        withContext(NonCancellable) { connection.close() }
                        throw failed
                    }
                }
            if (options.start() == SessionStart.OPTIMISTIC) {
                scope.launch { attempt.awaitAnswer(session, config.connectTimeout()) }
            } else {
                attempt.handleSuccess()
            }
            return session
        }

        /**
         * Opens a connection for several sessions, one after another or, where the peer's draft permits, at once. It stays
         * open without sessions until one end closes it.
         *
         * @param url as for [connect]; the path is not used
         * @throws dev.webtransport.error.TransportUnavailableException as for [connect]
         * @throws IllegalArgumentException if the URL is not one
         * @throws IllegalStateException after [close] or [shutdown]
         */
        public suspend fun openConnection(url: String): WebTransportConnection {
            val target = WebTransportUrl.parse(url)
            val attempt = ConnectAttempt(target, connects)
            return connecting(attempt, release = { it }) { stage -> open(target, IdlePolicy(null, null), stage) }
                .also { attempt.handleSuccess() }
        }

        /**
         * Comes to an end in good order: asks for nothing new, tells every server to come to an end (GOAWAY), waits for all work in
         * flight as [WebTransportConnection.shutdown] does, for at most [grace], then closes what is left, and tells what that was.
         *
         * Cancellation: the client is closed at once.
         *
         * @return what had to be cut off, of all connections
         * @throws IllegalArgumentException if [grace] is negative
         */
        public suspend fun shutdown(grace: Duration): ShutdownReport {
            require(!grace.isNegative) { "grace $grace is negative" }
            try {
                goingAway = true
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
            withContext(NonCancellable) {
                open.toList().map { scope.launch { it.close() } }.joinAll()
                scope.coroutineContext.job.cancelAndJoin()
                transport.close()
            }
        }

        /** What this client has done so far; after its end the last values. For any thread; never waits. */
        public fun statistics(): ClientStatistics = connects.snapshot(open)

        /** Connects, and counts how that went unless it went well, which shows only to the caller. */
        private suspend fun <T : Any> connecting(
            attempt: ConnectAttempt,
            release: (T) -> WebTransportConnection,
            block: suspend (ConnectStage) -> T,
        ): T {
            check(scope.coroutineContext.job.isActive && !goingAway) { "this client is closed" }
            attempt.begin()
            var made: T? = null
            try {
                inTime { made = block(attempt.stage) }
                return made ?: throw attempt.outOfTime(config.connectTimeout())
            } catch (cancelled: CancellationException) {
                made?.let { scope.launch { release(it).close() } }
                attempt.handleCancellation()
                throw cancelled
            } catch (failed: Throwable) {
                attempt.handleFailure()
                throw failed
            }
        }

        private suspend fun inTime(block: suspend () -> Unit) {
            var failed: WebTransportException? = null
            // What was made in the very moment in which the time is up is not thrown away. A failure is thrown behind the block, which
            // might put a copy in its place that lacks what is attached.
            withTimeoutOrNull(config.connectTimeout().toKotlinDuration()) {
                try {
                    block()
                } catch (told: WebTransportException) {
                    failed = told
                }
            }
            failed?.let { throw it }
        }

        private suspend fun open(target: WebTransportUrl, whenIdle: IdlePolicy, stage: ConnectStage): Http3Connection {
            val quic = connectQuic(target, resolve(target.host), stage)
            stage.reach("opening the streams of HTTP/3")
            val connection =
                Http3Connection(
                    quic,
                    target.authority,
                    config.quic(),
                    config.http3(),
                    whenIdle,
                    scope.coroutineContext,
                    timeSource,
                    totals,
                    onRequest = { error("a client is asked for no sessions") },
                )
            open.add(connection)
            try {
                connection.start()
            } catch (lost: QuicConnectionException) {
                throw TransportUnavailableException("the connection to ${target.authority} ended before HTTP/3 began: ${lost.reason}", lost)
            }
            return connection
        }

        /** The first address that answers wins (RFC 8305). */
        private suspend fun connectQuic(target: WebTransportUrl, addresses: List<InetAddress>, stage: ConnectStage): QuicConnection {
            val race = HappyEyeballs(
                config.connectionAttemptDelay().toKotlinDuration(),
                connect = { transport.connect(InetSocketAddress(it, target.port), target.host, config.tls(), config.quic()) },
                release = { it.close(Http3ErrorCode.H3_NO_ERROR, "another address answered first") },
            )
            stage.race = race
            return race.race(addresses) ?: throw noConnection(target, race.failures)
        }

        private suspend fun resolve(host: String): List<InetAddress> {
            try {
                return transport.resolve(host)
            } catch (unknown: UnknownHostException) {
                throw TransportUnavailableException("the name $host does not resolve", unknown)
            }
        }

        private fun merged(options: SessionOptions): SessionOptions {
            if (config.headers().isEmpty) return options
            val fields = Headers.builder()
            config.headers().entries().forEach { fields.add(it.key, it.value) }
            options.headers().entries().forEach { fields.add(it.key, it.value) }
            return options.toBuilder().headers(fields.build()).build()
        }
    }
