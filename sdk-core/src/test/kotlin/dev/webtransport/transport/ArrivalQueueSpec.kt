package dev.webtransport.transport

import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.booleans.shouldBeFalse
import io.kotest.matchers.booleans.shouldBeTrue
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import io.kotest.matchers.types.shouldNotBeSameInstanceAs
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest

/** What waits to be taken, and who waits to take it. */
@OptIn(ExperimentalCoroutinesApi::class)
internal class ArrivalQueueSpec :
    FunSpec({
        test("items are taken in the order in which they came, by those who wait in their order") {
            runTest {
                val queue = ArrivalQueue<Int>(10)
                val takers = List(3) { async { queue.take() } }
                runCurrent()
                repeat(3) { queue.offer(it).shouldBeTrue() }
                takers.awaitAll().shouldContainExactly(0, 1, 2)
            }
        }

        test("a full queue takes nothing, or lets go of the oldest") {
            runTest {
                val queue = ArrivalQueue<Int>(2)
                queue.offer(1).shouldBeTrue()
                queue.offer(2).shouldBeTrue()
                queue.offer(3).shouldBeFalse()
                queue.offerDroppingOldest(4)
                queue.size shouldBe 2
                List(2) { queue.take() }.shouldContainExactly(2, 4)
            }
        }

        test("a taker that is cancelled when it was woken already loses nothing: the next one in line has the item") {
            runTest {
                val queue = ArrivalQueue<Int>(2)
                val first = async { queue.take() }
                val second = async { queue.take() }
                runCurrent()
                queue.offer(1)
                first.cancel()
                runCurrent()
                second.await() shouldBe 1
            }
        }

        test("a taker that is cancelled when it was woken already loses nothing: what comes next is behind it") {
            runTest {
                val queue = ArrivalQueue<Int>(3)
                val first = async { queue.take() }
                runCurrent()
                queue.offer(1)
                queue.offer(2)
                first.cancel()
                runCurrent()
                queue.size shouldBe 2
                List(2) { queue.take() }.shouldContainExactly(1, 2)
            }
        }

        test("what a taker gives back to a full queue is the oldest there, and goes first when the next comes") {
            runTest {
                val queue = ArrivalQueue<Int>(2)
                val taker = async { queue.take() }
                runCurrent()
                repeat(3) { queue.offerDroppingOldest(it) }
                taker.cancel()
                runCurrent()
                queue.size shouldBe 3
                queue.offerDroppingOldest(3)
                queue.size shouldBe 2
                List(2) { queue.take() }.shouldContainExactly(2, 3)
            }
        }

        test("a taker that was woken has its item, even if the queue is closed before it runs") {
            runTest {
                val disposed = ArrayList<Int>()
                val queue = ArrivalQueue<Int>(2, dispose = disposed::add)
                val taker = async { queue.take() }
                runCurrent()
                queue.offer(1)
                queue.close()
                taker.await() shouldBe 1
                disposed.shouldBeEmpty()
            }
        }

        test("what a taker had that is cancelled after the queue was closed is disposed of") {
            runTest {
                val disposed = ArrayList<Int>()
                val queue = ArrivalQueue<Int>(2, dispose = disposed::add)
                val taker = async { queue.take() }
                runCurrent()
                queue.offer(1)
                queue.close()
                taker.cancel()
                runCurrent()
                disposed.shouldContainExactly(1)
            }
        }

        test("a closed queue disposes of what nobody took, once, and tells all who wait and all who come") {
            runTest {
                val queue = ArrivalQueue<Int>(2)
                val waiting = async { queue.take() }
                runCurrent()
                queue.close()
                waiting.await().shouldBeNull()
                queue.offer(1).shouldBeFalse()
                queue.take().shouldBeNull()

                val disposed = ArrayList<Int>()
                val other = ArrivalQueue<Int>(2, dispose = disposed::add)
                other.offer(1)
                other.close()
                other.close()
                disposed.shouldContainExactly(1)
                other.take().shouldBeNull()
            }
        }

        test("those who wait at a queue that is closed with a failure, and those who come, fail with one of their own each") {
            runTest {
                val queue = ArrivalQueue<Int>(2)
                val waiting = async { runCatching { queue.takeOrFail() } }
                runCurrent()
                queue.close { IllegalStateException("over") }
                val first = waiting.await().exceptionOrNull()
                val second = shouldThrow<IllegalStateException> { queue.takeOrFail() }
                first.shouldBeInstanceOf<IllegalStateException>().message shouldBe "over"
                second.message shouldBe "over"
                second shouldNotBeSameInstanceAs first
            }
        }

        test("becoming full is told, and being so no longer, each once; what is on its way is taken up to the limit") {
            runTest {
                val told = ArrayList<Int>()
                val queue = ArrivalQueue<Int>(2, most = 3, onFullness = told::add)
                queue.offer(1)
                told.shouldBeEmpty()
                queue.offer(2)
                queue.offer(3).shouldBeTrue()
                queue.offer(4).shouldBeFalse()
                told.shouldContainExactly(1)
                queue.take()
                told.shouldContainExactly(1)
                queue.take()
                queue.take()
                told.shouldContainExactly(1, -1)
            }
        }

        test("a queue that is closed while it is full is so no longer") {
            runTest {
                val told = ArrayList<Int>()
                val queue = ArrivalQueue<Int>(1, onFullness = told::add)
                queue.offer(1)
                queue.close()
                queue.close()
                told.shouldContainExactly(1, -1)
            }
        }
    })
