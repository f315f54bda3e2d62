package dev.webtransport.kwik

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.TlsIdentity
import dev.webtransport.config.Trust
import dev.webtransport.tls.TestIdentities
import dev.webtransport.transport.QuicCloseReason
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.TransportSpi
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempdir
import io.kotest.matchers.comparables.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import io.netty.pkitesting.CertificateBuilder.Algorithm
import io.netty.pkitesting.X509Bundle
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.security.KeyStore
import java.time.Duration
import java.time.Instant
import kotlin.time.Duration.Companion.seconds

/** Which certificates a server over Kwik can have, wherever they come from, and by what its clients can trust them. */
@OptIn(TransportSpi::class)
internal class KwikCertificateSpec : FunSpec() {
    private val transport by lazy { KwikQuicTransport() }
    private val directory by lazy { tempdir().toPath() }

    init {
        afterSpec { transport.close() }

        for ((name, key) in mapOf("P-256" to Algorithm.ecp256, "P-384" to Algorithm.ecp384, "RSA" to Algorithm.rsa2048)) {
            for ((source, identity) in sources) {
                test("a server whose $name key comes from $source is reached by who trusts the authority of its certificate") {
                    val leaf = issued(key)
                    serving(identity(leaf)) { it.echoes(Trust.authorities(listOf(leaf.rootCertificate))) }
                }
            }
        }

        for ((name, key) in mapOf("P-256" to Algorithm.ecp256, "P-384" to Algorithm.ecp384)) {
            for ((source, identity) in sources) {
                test("a server whose $name key comes from $source is reached by who trusts the hash of its certificate") {
                    val server = identity(issued(key))
                    serving(server) { it.echoes(Trust.serverCertificateHashes(listOf(server.hash()))) }
                }
            }
        }

        test("a hash does not help an RSA key or a long validity, and the client says which") {
            val long = TestIdentities.leaf().notAfter(Instant.now().plus(Duration.ofDays(14)))
            for ((leaf, why) in listOf(
                TestIdentities.leaf().algorithm(Algorithm.rsa2048) to "its public key is RSA",
                long to "longer than the 1209600 s",
            )) {
                val server = TestIdentities.identity(TestIdentities.selfSigned(leaf))
                serving(server) { listener ->
                    shouldThrow<QuicConnectionException> { listener.echoes(Trust.serverCertificateHashes(listOf(server.hash()))) }
                        .reason
                        .shouldBeInstanceOf<QuicCloseReason.Tls>()
                        .reason shouldContain why
                }
            }
        }

        test("a chain that is longer than a server may send to an address it has not validated arrives whole") {
            val leaf = TestIdentities.issuedThrough(INTERMEDIATES, Algorithm.rsa2048, TestIdentities.leaf().addSanIpAddress(HERE))
            val server = TestIdentities.identity(leaf)
            server.chain().size shouldBe INTERMEDIATES + 1
            server.chain().sumOf { it.encoded.size } shouldBeGreaterThan AMPLIFICATION
            serving(server) { it.echoes(Trust.authorities(listOf(leaf.rootCertificate))) }
        }
    }

    /** What [TlsIdentity] can be made from. */
    private val sources get() = mapOf<String, (X509Bundle) -> TlsIdentity>(
        "memory" to TestIdentities::identity,
        "PEM files" to ::fromPemFiles,
        "a PKCS #12 KeyStore" to { fromKeyStore("PKCS12", it) },
        "a JKS KeyStore" to { fromKeyStore("JKS", it) },
    )

    private fun fromPemFiles(bundle: X509Bundle): TlsIdentity {
        val certificates = directory.resolve("chain.pem").toFile().apply { writeText(bundle.certificatePathPEM) }
        val key = directory.resolve("key.pem").toFile().apply { writeText(bundle.privateKeyPEM) }
        return TlsIdentity.fromPem(certificates.toPath(), key.toPath())
    }

    /** Written and read again, as those of applications were. */
    private fun fromKeyStore(type: String, bundle: X509Bundle): TlsIdentity {
        val password = "secret".toCharArray()
        val written = ByteArrayOutputStream()
        KeyStore.getInstance(type).apply {
            load(null, null)
            setKeyEntry("server", bundle.keyPair.private, password, bundle.certificatePath)
            store(written, password)
        }
        val read = KeyStore.getInstance(type).apply { load(ByteArrayInputStream(written.toByteArray()), password) }
        return TlsIdentity.fromKeyStore(read, "server", password)
    }

    private fun issued(key: Algorithm): X509Bundle = TestIdentities.issuedThrough(0, key, TestIdentities.leaf().addSanIpAddress(HERE))

    private suspend fun serving(server: TlsIdentity, test: suspend (QuicListener) -> Unit) = withTimeout(30.seconds) {
        withContext(Dispatchers.Default) {
            val listener = transport.listen(InetSocketAddress(HERE, 0), ServerTlsConfig.builder(server).build(), QuicConfig.defaults())
            try {
                test(listener)
            } finally {
                listener.close()
            }
        }
    }

    /** Connects, and sends bytes there and back on one stream. */
    private suspend fun QuicListener.echoes(trust: Trust) = coroutineScope {
        val config = QuicConfig.builder().handshakeTimeout(Duration.ofSeconds(10)).build()
        val client = transport.connect(localAddress, HERE, ClientTlsConfig.builder().trust(trust).build(), config)
        val server = checkNotNull(accept())
        val echo = async {
            val stream = server.acceptBidirectionalStream()
            stream.send.write(ByteBuffer.wrap(stream.receive.readAll().reversedArray()))
            stream.send.finish()
        }
        val bytes = ByteArray(3_000) { it.toByte() }
        val stream = client.openBidirectionalStream()
        stream.send.write(ByteBuffer.wrap(bytes))
        stream.send.finish()
        stream.receive.readAll() shouldBe bytes.reversedArray()
        echo.await()
        client.close(0x100, "")
        server.close(0x100, "")
    }

    private suspend fun QuicReceiveStream.readAll(): ByteArray {
        val all = ByteArrayOutputStream()
        val part = ByteBuffer.allocate(1_000)
        while (read(part.clear()) >= 0) all.write(part.array(), 0, part.position())
        return all.toByteArray()
    }

    private companion object {
        const val HERE = "127.0.0.1"
        const val INTERMEDIATES = 5

        /** RFC 9000, section 8.1: three times what a client's first packet has at least. */
        const val AMPLIFICATION = 3 * 1_200
    }
}
