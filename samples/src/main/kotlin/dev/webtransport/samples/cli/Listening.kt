package dev.webtransport.samples.cli

import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.Engine
import dev.webtransport.config.OriginPolicy
import dev.webtransport.config.ServerConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.TlsIdentity
import dev.webtransport.config.Trust
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.server.WebTransportServer
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.selects.select
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import java.io.IOException
import java.net.BindException
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.UnknownHostException
import java.time.Duration
import kotlin.time.Duration.Companion.seconds

/** The addresses of the machine itself. */
internal val LOOPBACK: List<String> = listOf("127.0.0.1", "::1")

/** How long sessions get to come to their end before they are closed. */
internal val GRACE: Duration = Duration.ofSeconds(2)

/** Where a server of this command line listens, and whom it lets in. */
internal fun serverConfig(
    identity: TlsIdentity,
    hosts: List<String>,
    port: Int,
    engine: Engine,
    origins: OriginPolicy = OriginPolicy.any(),
): ServerConfig =
    ServerConfig
        .builder(ServerTlsConfig.builder(identity).build())
        .bindAddresses(hosts.map { InetSocketAddress(resolve(it), port) })
        .originPolicy(origins)
        .engine(engine)
        .build()

/** Whom a client of this command line trusts, and what it runs on. */
internal fun clientConfig(trust: Trust, engine: Engine): ClientConfig =
    ClientConfig
        .builder()
        .tls(ClientTlsConfig.builder().trust(trust).build())
        .engine(engine)
        .build()

/** Starts a server; a port that is taken is told with the flag that chooses another. */
internal suspend fun listen(config: ServerConfig, flag: String): WebTransportServer {
    val port = config.bindAddresses().first().port
    try {
        return WebTransportServer.listen(config)
    } catch (failure: IOException) {
        throw listenFailure("UDP", port, flag, failure)
    }
}

/** Says why nothing can listen on [port], and what to do about it. */
internal fun listenFailure(protocol: String, port: Int, flag: String, failure: IOException): CommandFailure {
    // No engine: the port has nothing to do with it.
    if (failure is TransportUnavailableException) return CommandFailure(ExitStatus.of(failure), "${failure.message}", failure)
    val taken = generateSequence<Throwable>(failure) { it.cause }.firstOrNull { it is BindException }
    val message =
        if (taken == null) {
            "cannot listen on $protocol port $port: ${failure.message}"
        } else {
            "cannot listen on $protocol port $port (${taken.message}); choose another with $flag, 0 picks a free one"
        }
    return CommandFailure(ExitStatus.FAILED, message, failure)
}

/** Runs [serving] until it ends by itself or [stop] is asked for; [shutdown] then brings it to its end, soon. */
internal suspend fun serveUntil(stop: Deferred<Unit>, shutdown: suspend () -> Unit, serving: suspend () -> Unit) {
    coroutineScope {
        val running = async { serving() }
        try {
            select {
                running.onAwait {}
                stop.onAwait {}
            }
        } finally {
            withContext(NonCancellable) {
                shutdown()
                // The last sessions still have their end to tell.
                withTimeoutOrNull(LAST_WORDS) { running.join() }
            }
            running.cancel()
        }
    }
}

private fun resolve(host: String): InetAddress =
    try {
        InetAddress.getByName(host)
    } catch (unknown: UnknownHostException) {
        throw CommandFailure(ExitStatus.USAGE, "\"$host\" is neither an address nor a known name of this machine", unknown)
    }

private val LAST_WORDS = 1.seconds
