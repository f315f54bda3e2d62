package dev.webtransport.client

import dev.webtransport.config.ClientConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.server.LogLines
import dev.webtransport.testkit.LoopbackTransport
import dev.webtransport.transport.QuicTransport
import dev.webtransport.transport.TransportCapability
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.test.runTest
import java.nio.file.Path

class QlogWarningSpec :
    StringSpec({
        val config = ClientConfig.builder().quic(QuicConfig.builder().qlogDirectory(Path.of("nowhere")).build()).build()

        "a qlog directory without effect is told when the client is made, with the transport's name" {
            runTest {
                val network = LoopbackTransport(backgroundScope)
                logged { WebTransportClient(config, network) } shouldContain "the transport loopback writes no qlog"
                logged { WebTransportClient(ClientConfig.defaults(), network) } shouldBe ""
            }
        }

        "nothing is told where the transport writes them" {
            runTest {
                val able = object : QuicTransport by LoopbackTransport(backgroundScope) {
                    override val capabilities = setOf(TransportCapability.QLOG)
                }
                logged { WebTransportClient(config, able) } shouldBe ""
            }
        }
    })

/** All that is logged meanwhile. */
private fun logged(block: () -> Unit): String =
    LogLines("").use {
        block()
        it.text
    }
