package dev.webtransport.testkit.kotest

import dev.webtransport.value.CloseInfo
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import io.kotest.matchers.string.shouldMatch
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.currentTime
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class StreamMatchersSpec :
    StringSpec({
        "bytes that come are taken, those behind them stay" {
            withPair { pair ->
                val (_, receiving) = pair.streamWith("hello, world")
                receiving.shouldReceive("hello")
                receiving.shouldReceive(", ".encodeToByteArray())
                receiving.shouldReceive("world")
            }
        }

        "bytes that come in pieces, later, are waited for" {
            withPair { pair ->
                val (sending, receiving) = pair.streamWith("he")
                launch {
                    for (char in "llo") {
                        delay(1.seconds)
                        sending.write(char.toString().encodeToByteArray())
                    }
                    sending.finish()
                }
                receiving.shouldReceiveAndFinish("hello")
                currentTime shouldBe 3_000
            }
        }

        "other bytes are shown, and those behind them stay" {
            withPair { pair ->
                val (_, receiving) = pair.streamWith("help!")
                failureOf { receiving.shouldReceive("held") } shouldMatch
                    Regex("""stream \d+: expected "held" \(4 bytes\), but there was "help" \(4 bytes\)""")
                receiving.shouldReceive("!")
            }
        }

        "bytes that are no text are shown in hexadecimal" {
            withPair { pair ->
                val (sending, receiving) = pair.streamWith("a")
                sending.write(byteArrayOf(-1, 0))
                failureOf { receiving.shouldReceive(byteArrayOf(1, 2, 3)) } shouldContain
                    "expected 0x010203 (3 bytes), but there was 0x61ff00 (3 bytes)"
            }
        }

        "too few bytes are shown with what came then: silence" {
            withPair { pair ->
                val (_, receiving) = pair.streamWith("hel")
                failureOf { receiving.shouldReceive("hello", timeout = 2.seconds) } shouldContain
                    """expected "hello" (5 bytes), but there was "hel" (3 bytes) and then nothing for 2s of virtual time"""
                currentTime shouldBe 2_000
            }
        }

        "too few bytes are shown with what came then: the clean end" {
            withPair { pair ->
                val (sending, receiving) = pair.streamWith("hel")
                sending.finish()
                failureOf { receiving.shouldReceive("hello") } shouldContain
                    """but there was "hel" (3 bytes) and then the clean end of the stream"""
            }
        }

        "too few bytes are shown with what came then: a reset" {
            withPair { pair ->
                val (sending, receiving) = pair.streamWith("hel")
                launch {
                    delay(1.seconds)
                    sending.reset(7)
                }
                failureOf { receiving.shouldReceive("hello") } shouldContain
                    """but there was "hel" (3 bytes) and then a reset with code 7"""
            }
        }

        "no bytes at all are shown with what came instead: the end of the session" {
            withPair { pair ->
                val (_, receiving) = pair.streamWith("h")
                receiving.shouldReceive("h")
                launch { pair.client.close(CloseInfo.of(9, "enough")) }
                failureOf { receiving.shouldReceive("ello") } shouldContain "but there was a reset that tells of the end of the session"
                pair.server.shouldBeClosedWith(9, "enough")
                failureOf { receiving.shouldReceive("ello") } shouldContain
                    """but there was the end of the session: session closed by the peer: code 9 "enough""""
            }
        }

        "waiting ends after an hour of virtual time unless a test says otherwise" {
            withPair { pair ->
                val (_, receiving) = pair.streamWith("h")
                failureOf { receiving.shouldReceive("hi") } shouldContain "\"h\" (1 byte) and then nothing for 1h of virtual time"
            }
        }

        "no bytes are nothing to wait for" {
            withPair { pair ->
                val (_, receiving) = pair.streamWith("h")
                shouldThrow<IllegalArgumentException> { receiving.shouldReceive("") }
            }
        }

        "a clue of the test stands before the message" {
            withPair { pair ->
                val (_, receiving) = pair.streamWith("a")
                failureOf { withClue("the greeting") { receiving.shouldReceive("b") } } shouldContain "the greeting"
            }
        }

        "an end that does not come is waited for, and missed" {
            withPair { pair ->
                val (sending, receiving) = pair.streamWith("hi")
                failureOf { receiving.shouldReceiveAndFinish("hi", timeout = 1.seconds) } shouldContain
                    """expected "hi" (2 bytes) and then the clean end of the stream, """ +
                    """but there was "hi" (2 bytes) and then nothing for 1s of virtual time"""
                sending.finish()
                receiving.shouldBeFinished()
                receiving.shouldBeFinished()
            }
        }

        "what comes instead of the end is shown" {
            withPair { pair ->
                val (_, receiving) = pair.streamWith("hi there")
                failureOf { receiving.shouldReceiveAndFinish("hi") } shouldContain
                    """but there was "hi" (2 bytes) and then " there" (6 bytes)"""
            }
        }

        "a reset is no end" {
            withPair { pair ->
                val (sending, receiving) = pair.streamWith("hi")
                receiving.shouldReceive("hi")
                sending.reset(3)
                failureOf { receiving.shouldBeFinished() } shouldContain
                    "expected the clean end of the stream, but there was a reset with code 3"
            }
        }

        "a reset is waited for, and what came before it dropped" {
            withPair { pair ->
                val (sending, receiving) = pair.streamWith("hi")
                launch {
                    delay(1.seconds)
                    sending.reset(0xffffffff)
                }
                receiving.shouldBeReset(0xffffffff)
            }
        }

        "a reset with another code is none" {
            withPair { pair ->
                val (sending, receiving) = pair.streamWith("hi")
                receiving.shouldReceive("hi")
                sending.reset(3)
                failureOf { receiving.shouldBeReset(4) } shouldContain "expected a reset with code 4, but there was a reset with code 3"
            }
        }

        "a clean end is no reset" {
            withPair { pair ->
                val (sending, receiving) = pair.streamWith("hi")
                sending.finish()
                failureOf { receiving.shouldBeReset(0) } shouldContain
                    "expected a reset with code 0, but there was 2 bytes and then the clean end of the stream"
            }
        }

        "silence is no reset" {
            withPair { pair ->
                val (_, receiving) = pair.streamWith("hi")
                failureOf { receiving.shouldBeReset(0, timeout = 9.seconds) } shouldContain
                    "but there was 2 bytes and then nothing for 9s of virtual time"
            }
        }

        "silence is kept for as long as it should" {
            withPair { pair ->
                val (sending, receiving) = pair.streamWith("hi")
                receiving.shouldReceive("hi")
                launch {
                    delay(1_001.milliseconds)
                    sending.write("!".encodeToByteArray())
                }
                receiving.shouldReceiveNothingFor(1.seconds)
                currentTime shouldBe 1_000
                failureOf { receiving.shouldReceiveNothingFor(1.seconds) } shouldContain
                    "expected nothing for 1s, but there was \"!\" (1 byte)"
                sending.finish()
                failureOf { receiving.shouldReceiveNothingFor(1.seconds) } shouldContain "but there was the clean end of the stream"
            }
        }

        "a stop is told with its code, again and again" {
            withPair { pair ->
                val (sending, receiving) = pair.streamWith("hi")
                receiving.stopSending(5)
                sending.shouldBeStopped(5)
                sending.shouldBeStopped(5)
                failureOf { sending.shouldBeStopped(6) } shouldContain "expected a stop with code 6, but there was a stop with code 5"
            }
        }

        "a stop that does not come is missed" {
            withPair { pair ->
                val (sending, _) = pair.streamWith("hi")
                failureOf { sending.shouldBeStopped(6, timeout = 1.seconds) } shouldContain "but there was nothing for 1s of virtual time"
            }
        }

        "a stream that this end has finished cannot be stopped any more" {
            withPair { pair ->
                val (opened, accepted) = pair.bidirectionalStream()
                opened.send.finish()
                accepted.receive.shouldBeFinished()
                failureOf { opened.send.shouldBeStopped(0) } shouldContain "was ended by this end"
            }
        }
    })
