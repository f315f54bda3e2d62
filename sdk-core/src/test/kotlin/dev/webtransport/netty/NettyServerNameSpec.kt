package dev.webtransport.netty

import dev.webtransport.config.ClientAuthentication
import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.SessionResumption
import dev.webtransport.config.TlsIdentity
import dev.webtransport.config.Trust
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.TransportCapability
import dev.webtransport.transport.TransportSpi
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContain
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.netty.pkitesting.CertificateBuilder
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.time.Duration
import java.time.Instant

/** Certificates by the name that a client asks for: what is shown, and that all else is as with one certificate. */
@OptIn(TransportSpi::class)
internal class NettyServerNameSpec : NettyTests() {
    private val api = identity("api.example.com")
    private val wild = identity("www.example.com")
    private val server: ServerTlsConfig = tls.server
        .toBuilder()
        .identity("api.example.com", api)
        .identity("*.example.com", wild)
        .build()

    init {
        test("each name is shown its certificate, a wildcard covers one label, and other names and none get the common one") {
            transport.capabilities shouldContain TransportCapability.SERVER_NAME_IDENTITIES
            listening(server) { listener ->
                connect(listener, "api.example.com", trusting(api)) shouldBe false
                connect(listener, "www.example.com", trusting(wild)) shouldBe false
                connect(listener, "localhost", tls.client) shouldBe false
                // An address is no name, so none is sent.
                connect(listener, "127.0.0.1", tls.client.toBuilder().build()) shouldBe false
                for ((name, trust) in listOf("api.example.com" to trusting(wild), "a.b.example.com" to trusting(wild))) {
                    shouldThrow<QuicConnectionException> { connect(listener, name, trust) }.reason.shouldBeInstanceOf<QuicCloseReason.Tls>()
                }
            }
        }

        test("connections to a name are resumed, unless the server says never") {
            val trust = trusting(api)
            listening(server) { listener -> List(3) { connect(listener, "api.example.com", trust) } shouldBe listOf(false, true, true) }
            val never = server.toBuilder().sessionResumption(SessionResumption.NEVER).build()
            listening(never) { listener ->
                List(3) { connect(listener, "api.example.com", trusting(api)) } shouldBe List(3) { false }
                List(3) { connect(listener, "localhost", tls.client.toBuilder().build()) } shouldBe List(3) { false }
            }
        }

        test("clients are asked for certificates whatever name they ask for") {
            val asking = server
                .toBuilder()
                .clientAuthentication(ClientAuthentication.REQUIRED)
                .clientTrust(Trust.authorities(tls.identity.chain()))
                .build()
            listening(asking) { listener ->
                val known = trusting(api).toBuilder().identity(tls.identity).build()
                connect(listener, "api.example.com", known) shouldBe false
                // A client hears of it when its own handshake is complete, or while it connects.
                shouldThrow<QuicConnectionException> {
                    val refused = transport.connect(listener.localAddress, "api.example.com", trusting(api), QuicConfig.defaults())
                    throw QuicConnectionException(refused.awaitClosed())
                }.reason.shouldBeInstanceOf<QuicCloseReason.Tls>()
            }
        }
    }

    private fun identity(name: String): TlsIdentity {
        val bundle = CertificateBuilder()
            .subject("CN=test")
            .algorithm(CertificateBuilder.Algorithm.ecp256)
            .setIsCertificateAuthority(true)
            .addSanDnsName(name)
            .notBefore(Instant.now().minus(Duration.ofHours(1)))
            .notAfter(Instant.now().plus(Duration.ofDays(1)))
            .buildSelfSigned()
        return TlsIdentity.of(bundle.keyPair.private, listOf(bundle.certificate))
    }

    private fun trusting(identity: TlsIdentity): ClientTlsConfig =
        ClientTlsConfig.builder().trust(Trust.authorities(identity.chain())).build()

    private suspend fun listening(server: ServerTlsConfig, test: suspend CoroutineScope.(QuicListener) -> Unit) = bounded {
        val listener = transport.listen(InetSocketAddress("127.0.0.1", 0), server, QuicConfig.defaults())
        try {
            test(listener)
        } finally {
            listener.close()
        }
    }

    /** Connects, makes a round trip and derives the same keys at both ends; whether the connection was resumed. */
    private suspend fun CoroutineScope.connect(listener: QuicListener, name: String, trust: ClientTlsConfig): Boolean? {
        val accepting = async { listener.accept() }
        try {
            val client = transport.connect(listener.localAddress, name, trust, QuicConfig.defaults())
            val accepted = checkNotNull(accepting.await())
            val stream = accepted.openUnidirectionalStream()
            stream.write(bytes(1))
            client.acceptUnidirectionalStream().read(ByteBuffer.allocate(1)) shouldBe 1
            val derived = client.exportKeyingMaterial("EXPORTER-test", ByteArray(0), 32)
            accepted.exportKeyingMaterial("EXPORTER-test", ByteArray(0), 32) shouldBe derived
            accepted.isResumed shouldBe client.isResumed
            client.close(0x100, "")
            accepted.close(0x100, "")
            return client.isResumed
        } finally {
            accepting.cancel()
        }
    }
}
