package dev.webtransport.testkit.kotest

import dev.webtransport.error.ConnectionLostException
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Perspective
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.currentTime
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class SessionMatchersSpec :
    StringSpec({
        "a close is waited for, and told at both ends" {
            withPair { pair ->
                launch {
                    delay(1.seconds)
                    pair.client.close(CloseInfo.of(7, "done"))
                }
                pair.server.shouldBeClosedWith(7, "done")
                pair.client.shouldBeClosedWith(7, "done")
                currentTime shouldBe 1_000
            }
        }

        "another code or reason is shown" {
            withPair { pair ->
                pair.client.close(CloseInfo.of(7, "done"))
                failureOf { pair.server.shouldBeClosedWith(7) } shouldContain
                    """session 0 at the server: expected a close with code 7, but there was a close with code 7 "done""""
                failureOf { pair.server.shouldBeClosedWith(8, "done") } shouldContain
                    """expected a close with code 8 "done", but there was a close with code 7 "done""""
            }
        }

        "a session that goes on is not closed" {
            withPair { pair ->
                failureOf { pair.client.shouldBeClosedWith(0, timeout = 3.seconds) } shouldBe
                    "session 0 at the client, which is CONNECTED: expected a close with code 0, but there was nothing for 3s of virtual time"
            }
        }

        "a session that is lost is not closed" {
            withPair { pair ->
                pair.network.kill(Perspective.CLIENT)
                failureOf { pair.server.shouldBeClosedWith(0) } shouldContain "but there was the end of the session: the connection is gone"
            }
        }

        "a peer that is heard no more is a timeout, and a loss" {
            withPair { pair ->
                pair.network.kill(Perspective.CLIENT)
                pair.server.shouldTimeOut()
                pair.server.shouldBeLost()
            }
        }

        "a connection that breaks is a loss, but no timeout" {
            withPair { pair ->
                pair.loopback.transport.close()
                pair.server.shouldBeLost().shouldBeInstanceOf<ConnectionLostException>()
                failureOf { pair.server.shouldTimeOut() } shouldContain
                    "session 0 at the server: expected the idle timeout, but there was the end of the session: connection ended by this end"
            }
        }

        "a close is no loss" {
            withPair { pair ->
                pair.client.close(CloseInfo.of(1, "bye"))
                failureOf { pair.server.shouldBeLost() } shouldContain
                    """expected the loss of the session, but there was a close with code 1 "bye""""
            }
        }

        "a session that goes on is not lost" {
            withPair { pair ->
                failureOf { pair.client.shouldBeLost(timeout = 1.seconds) } shouldContain "but there was nothing for 1s of virtual time"
            }
        }

        "the wish to come to an end is waited for, and told again" {
            withPair { pair ->
                launch {
                    delay(1.seconds)
                    pair.server.drain()
                }
                pair.client.shouldBeDraining()
                pair.client.shouldBeDraining()
            }
        }

        "a session that goes on is not draining" {
            withPair { pair ->
                failureOf { pair.client.shouldBeDraining(timeout = 1.seconds) } shouldBe
                    "session 0 at the client, which is CONNECTED: expected the peer to ask for the end of the session, " +
                    "but there was nothing for 1s of virtual time"
            }
        }

        "a session that is closed was not draining" {
            withPair { pair ->
                pair.server.close(CloseInfo.of(2))
                failureOf { pair.client.shouldBeDraining() } shouldContain
                    "but there was the end of the session: session closed by the peer"
            }
        }

        "the next datagram is taken, and no other" {
            withPair { pair ->
                pair.client.datagrams.send("one".encodeToByteArray())
                pair.client.datagrams.send(byteArrayOf())
                pair.client.datagrams.send("three".encodeToByteArray())
                pair.server.datagrams.shouldReceive("one")
                pair.server.datagrams.shouldReceive(byteArrayOf())
                failureOf { pair.server.datagrams.shouldReceive("two") } shouldBe
                    """datagrams: expected "two" (3 bytes), but there was "three" (5 bytes)"""
            }
        }

        "a datagram that does not come is missed" {
            withPair { pair ->
                failureOf { pair.server.datagrams.shouldReceive("one", timeout = 1.seconds) } shouldContain
                    "but there was nothing for 1s of virtual time"
                pair.client.close()
                failureOf { pair.server.datagrams.shouldReceive("one") } shouldContain "but there was the end of the session"
            }
        }

        "no datagram should come for a while, and one comes later" {
            withPair { pair ->
                launch {
                    delay(1_001.milliseconds)
                    pair.client.datagrams.send("late".encodeToByteArray())
                }
                pair.server.datagrams.shouldReceiveNothingFor(1.seconds)
                currentTime shouldBe 1_000
                pair.server.datagrams.shouldReceive("late")
            }
        }

        "a datagram that should not come is shown; so is the end of the session" {
            withPair { pair ->
                pair.client.datagrams.send(byteArrayOf(1))
                failureOf { pair.server.datagrams.shouldReceiveNothingFor(1.seconds) } shouldBe
                    "datagrams: expected none for 1s, but there was 0x01 (1 byte)"
                pair.client.close(CloseInfo.of(3))
                failureOf { pair.server.datagrams.shouldReceiveNothingFor(1.seconds) } shouldContain
                    "expected none for 1s, but there was the end of the session: session closed by the peer: code 3"
            }
        }

        "lines of the trace are looked for in their order" {
            withPair { pair ->
                pair.client.close(CloseInfo.of(7, "done"))
                pair.trace shouldContainInOrder
                    """
                    >> s0 HEADERS :method=CONNECT*
                    << s0 HEADERS :status=200*
                    >> s0 WT_CLOSE_SESSION 7 "done"
                    """.trimIndent()
                pair.trace.transcript().stream(0) shouldMatch
                    """
                    >> s0 HEADERS*
                    ...
                    """.trimIndent()
                failureOf { pair.trace shouldContainInOrder "<< s0 WT_CLOSE_SESSION*" } shouldContain
                    "the trace does not hold these lines in this order"
                failureOf { pair.trace shouldMatch ">> s2 CONTROL" } shouldContain "the trace is not as expected"
                pair.trace shouldBeSameAs pair.trace
            }
        }
    })
