package dev.webtransport.samples.testing

import dev.webtransport.testkit.kotest.shouldReceiveAndFinish
import dev.webtransport.testkit.loopbackPair
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.nulls.shouldNotBeNull
import kotlinx.coroutines.test.runTest

class FirstSpec :
    StringSpec({
        "what one end sends the other receives" {
            runTest {
                val (client, server) = loopbackPair()

                val sending = client.createUnidirectionalStream()
                sending.write("hello".toByteArray())
                sending.finish()

                val receiving = server.acceptUnidirectionalStream().shouldNotBeNull()
                receiving.shouldReceiveAndFinish("hello")
            }
        }
    })
