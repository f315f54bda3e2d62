package dev.webtransport.testkit.kotest

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

class EventuallySpec :
    StringSpec({
        "what is so already takes no time" {
            runTest {
                eventually { 42 } shouldBe 42
                currentTime shouldBe 0
            }
        }

        "what becomes so is seen at the next try, on virtual time" {
            runTest {
                var count = 0
                launch {
                    repeat(3) {
                        delay(10.seconds)
                        count++
                    }
                }
                eventually(timeout = 1.hours, interval = 7.seconds) { count shouldBe 3 }
                currentTime shouldBe 35_000
            }
        }

        "what never becomes so fails with the last failure, and says how long was tried" {
            runTest {
                var tries = 0
                val failure = shouldThrow<AssertionError> {
                    eventually(timeout = 1.seconds, interval = 300.milliseconds) { ++tries shouldBe 0 }
                }
                failure.message shouldBe "not within 1s of virtual time and 4 tries; the last failure was: expected:<0> but was:<4>"
                failure.cause.shouldNotBeNull().message shouldBe "expected:<0> but was:<4>"
                currentTime shouldBe 1_000
            }
        }

        "an exception is a failure, too" {
            runTest {
                var tries = 0
                eventually { check(++tries == 2) }
                tries shouldBe 2
                shouldThrow<AssertionError> { eventually { error("not there") } }.message shouldContain "not there"
            }
        }

        "a block that waits for ever is cancelled when time is over" {
            runTest {
                var tries = 0
                val failure = shouldThrow<AssertionError> {
                    eventually(timeout = 2.seconds, interval = 1.seconds) { if (++tries == 1) error("first") else awaitCancellation() }
                }
                failure.message shouldBe
                    "not within 2s of virtual time and 2 tries; the last one had not come to its end; the last failure was: first"
            }
        }

        "a timeout within the block is a failure like any other" {
            runTest {
                var tries = 0
                eventually { if (++tries < 3) withTimeout(1.milliseconds) { awaitCancellation() } }
                tries shouldBe 3
            }
        }

        "who is cancelled tries no more" {
            runTest {
                var tries = 0
                val trying = launch {
                    eventually(timeout = 1.hours) {
                        tries++
                        throw CancellationException("not me")
                    }
                }
                delay(100.milliseconds)
                trying.cancel()
                trying.join()
                val before = tries
                before shouldBeGreaterThan 1
                delay(1.seconds)
                tries shouldBe before
            }
        }

        "an error that is no assertion ends the trying" {
            runTest {
                shouldThrow<StackOverflowError> { eventually { throw StackOverflowError() } }
                currentTime shouldBe 0
            }
        }

        "elsewhere it goes by real time" {
            withContext(Dispatchers.Default) {
                val failure = shouldThrow<AssertionError> { eventually(timeout = 20.milliseconds) { error("no") } }
                failure.message shouldContain "of real time"
            }
        }

        "no time is no time to try" {
            runTest {
                shouldThrow<IllegalArgumentException> { eventually(timeout = Duration.ZERO) { 1 } }
                shouldThrow<IllegalArgumentException> { eventually(interval = Duration.ZERO) { 1 } }
            }
        }
    })
