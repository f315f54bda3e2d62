package dev.webtransport.session

import dev.webtransport.config.Http3Config
import dev.webtransport.error.StreamResetException
import dev.webtransport.testkit.loopback
import dev.webtransport.testkit.loopbackPair
import dev.webtransport.value.Perspective
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeSameInstanceAs
import kotlinx.coroutines.async
import kotlinx.coroutines.test.runTest

/** What clients, servers, connections and streams tell of themselves, and how a stream is left. */
class HandlesSpec :
    StringSpec({
        "both ends of a connection know which end they are, and their settings" {
            runTest {
                val loopback = loopback()
                val pair = loopback.sessions()
                pair.client.connection.perspective shouldBe Perspective.CLIENT
                pair.server.connection.perspective shouldBe Perspective.SERVER
                for ((connection, quic, http3) in listOf(
                    loopback.client.config.let { Triple(pair.client.connection, it.quic(), it.http3()) },
                    loopback.server.config.let { Triple(pair.server.connection, it.quic(), it.http3()) },
                )) {
                    connection.quicConfig shouldBeSameInstanceAs quic
                    connection.http3Config shouldBeSameInstanceAs http3
                }
                pair.client.close()
            }
        }

        "additional settings of a client are shown to who answers its request" {
            runTest {
                val loopback = loopback { client { http3(Http3Config.builder().additionalSettings(mapOf(0x1234L to 5L)).build()) } }
                val seen = async {
                    val request = loopback.server.acceptRequest().shouldNotBeNull()
                    request.accept().close()
                    request.peerSettings[0x1234L]
                }
                loopback.client.connect(loopback.url()).awaitClosed()
                seen.await() shouldBe 5L
            }
        }

        "leaving a bidirectional stream aborts the halves that are still open, with the code that is given" {
            runTest {
                val (client, server) = loopbackPair()
                val cut = client.createBidirectionalStream().use(errorCode = 7) {
                    it.send.write(byteArrayOf(1))
                    server.acceptBidirectionalStream().shouldNotBeNull()
                }
                shouldThrow<StreamResetException> { cut.receive.readAll(10) }.errorCode shouldBe 7
                cut.send.awaitStopped() shouldBe 7
                val whole = client.createBidirectionalStream().use(errorCode = 7) {
                    it.send.finish()
                    val accepted = server.acceptBidirectionalStream().shouldNotBeNull()
                    accepted.send.finish()
                    it.receive.readAll(0)
                    accepted
                }
                whole.receive.readAll(0).size shouldBe 0
            }
        }
    })
