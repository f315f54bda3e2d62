package dev.webtransport.client

import dev.webtransport.config.SessionOptions
import dev.webtransport.testkit.loopback
import dev.webtransport.value.Headers
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldNotBeNull
import kotlinx.coroutines.async
import kotlinx.coroutines.test.runTest

class ClientFieldsSpec :
    StringSpec({
        "fields of the configuration come before those of the call" {
            runTest {
                val loopback = loopback {
                    client {
                        headers(
                            Headers
                                .builder()
                                .add("user-agent", "ours/1")
                                .add("x-from", "configuration")
                                .build(),
                        )
                    }
                }
                val seen = async {
                    val request = loopback.server.acceptRequest().shouldNotBeNull()
                    request.accept().close()
                    request.headers.entries().map { "${it.key}=${it.value}" }
                }
                val own = SessionOptions.builder().headers(Headers.builder().add("x-from", "call").build()).build()
                loopback.client.connect(loopback.url("/"), own).awaitClosed()
                seen.await() shouldContainExactly listOf("user-agent=ours/1", "x-from=configuration", "x-from=call")
            }
        }
    })
