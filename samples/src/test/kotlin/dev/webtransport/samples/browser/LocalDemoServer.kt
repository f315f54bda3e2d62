package dev.webtransport.samples.browser

import dev.webtransport.config.Engine
import dev.webtransport.config.OriginPolicy
import dev.webtransport.config.ServerConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.samples.demo.serveDemo
import dev.webtransport.samples.interop.loopbackAddresses
import dev.webtransport.samples.json.Json
import dev.webtransport.server.WebTransportServer
import dev.webtransport.testkit.certificate.SelfSignedCertificate
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking

/** The server behind the demo's page, for pages from anywhere. */
class LocalDemoServer private constructor(
    private val server: WebTransportServer,
    private val certificate: SelfSignedCertificate,
) : AutoCloseable {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    init {
        scope.launch { server.serve { serveDemo(it.accept()) } }
    }

    /** What the page asks for first. */
    fun sessionJson(): String = Json.of(mapOf("url" to "https://127.0.0.1:${server.port}/", "hash" to certificate.hash().toHex()))

    override fun close() {
        runBlocking { server.close() }
        scope.cancel()
    }

    companion object {
        @JvmStatic
        fun start(engine: Engine): LocalDemoServer {
            val certificate = SelfSignedCertificate.forLoopback()
            val config =
                ServerConfig
                    .builder(ServerTlsConfig.builder(certificate.identity()).build())
                    .bindAddresses(loopbackAddresses(0))
                    .originPolicy(OriginPolicy.any())
                    .engine(engine)
                    .build()
            return LocalDemoServer(runBlocking { WebTransportServer.listen(config) }, certificate)
        }
    }
}
