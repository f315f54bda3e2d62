package dev.webtransport.samples.browser

import dev.webtransport.config.Engine
import dev.webtransport.samples.interop.InteropServer
import dev.webtransport.testkit.certificate.SelfSignedCertificate
import dev.webtransport.transport.QuicTransports
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.time.Duration

/** The interop server on a free port of this process; its functions are for Java too. */
class LocalInteropServer private constructor(
    private val server: InteropServer,
    private val certificate: SelfSignedCertificate,
    private val engine: Engine,
) : AutoCloseable {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)

    init {
        scope.launch { server.serve() }
    }

    fun url(): String = "https://127.0.0.1:${server.port}"

    fun hash(): String = certificate.hash().toHex()

    fun certificatePem(): String = certificate.certificatePem()

    /** Whether the QUIC engine here tells the code of a STOP_SENDING; if not, null is what the server reports. */
    fun tellsStopCodes(): Boolean = engine.can(TransportCapability.PEER_STOP_CODE)

    override fun close() {
        runBlocking { server.shutdown(Duration.ofSeconds(1)) }
        scope.cancel()
    }

    companion object {
        @JvmStatic
        fun start(engine: Engine): LocalInteropServer {
            val certificate = SelfSignedCertificate.forLoopback()
            return LocalInteropServer(runBlocking { InteropServer.listen(0, certificate.identity(), engine) }, certificate, engine)
        }
    }
}

/** Whether an engine has a capability, at either end. */
@OptIn(TransportSpi::class)
internal fun Engine.can(capability: TransportCapability): Boolean = QuicTransports.of(this).use { capability in it.capabilities }
