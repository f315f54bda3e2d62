package dev.webtransport.server

import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.testkit.loopback
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldHaveSize
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest

class ConnectionLimitSpec :
    StringSpec({
        "a connection more than the server takes is closed with H3_EXCESSIVE_LOAD" {
            runTest {
                val loopback = loopback { server { maxConnections(1) } }
                val serving = launch { loopback.server.serve { it.accept() } }
                val session = loopback.client.connect(loopback.url())
                // Each call of connect makes a connection.
                val refused = shouldThrow<TransportUnavailableException> { loopback.client.connect(loopback.url()) }
                refused.message.orEmpty() shouldContain "0x107 \"the server has all the connections it takes\""
                loopback.server.connections shouldHaveSize 1
                loopback.client.connections shouldHaveSize 1
                session.isClosed shouldBe false
                session.connection.close()
                runCurrent()
                loopback.client.connect(loopback.url()).close()
                serving.cancel()
            }
        }
    })
