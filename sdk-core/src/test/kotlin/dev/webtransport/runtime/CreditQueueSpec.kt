package dev.webtransport.runtime

import dev.webtransport.flow.SendCredit
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.yield
import java.util.concurrent.atomic.AtomicInteger
import java.util.concurrent.atomic.AtomicLong
import kotlin.random.Random

internal class CreditQueueSpec :
    FunSpec({
        test("who came first is served first, and nobody overtakes") {
            runTest {
                val credit = SendCredit(0)
                val queue = CreditQueue(credit) {}
                val order = mutableListOf<String>()
                val first = launch(start = CoroutineStart.UNDISPATCHED) { order += "first ${queue.take(5)}" }
                val second = launch(start = CoroutineStart.UNDISPATCHED) { order += "second ${queue.take(5)}" }
                credit.raise(7)
                queue.tryTake(1) shouldBe 0
                queue.serve()
                first.join()
                second.join()
                order shouldContainExactly listOf("first 5", "second 2")
            }
        }

        test("who gives up waiting takes nothing and holds nobody up") {
            runTest {
                val credit = SendCredit(0)
                val queue = CreditQueue(credit) {}
                val first = launch(start = CoroutineStart.UNDISPATCHED) { queue.take(5) }
                val second = async(start = CoroutineStart.UNDISPATCHED) { queue.take(5) }
                first.cancelAndJoin()
                credit.raise(5)
                queue.serve()
                second.await() shouldBe 5
                credit.used() shouldBe 5
            }
        }

        test("who gives up in the moment in which it is served returns what it got to the next") {
            runTest {
                val credit = SendCredit(0)
                val queue = CreditQueue(credit) {}
                val first = launch(start = CoroutineStart.UNDISPATCHED) { queue.take(5) }
                val second = async(start = CoroutineStart.UNDISPATCHED) { queue.take(5) }
                credit.raise(5)
                queue.serve()
                // It was resumed, and has not run yet.
                first.cancelAndJoin()
                second.await() shouldBe 5
                credit.used() shouldBe 5
            }
        }

        test("each limit that stands in the way is told once") {
            runTest {
                val told = AtomicInteger()
                val credit = SendCredit(1)
                val queue = CreditQueue(credit) { told.incrementAndGet() }
                queue.take(1) shouldBe 1
                told.get() shouldBe 0
                val waiting = List(3) { launch(start = CoroutineStart.UNDISPATCHED) { queue.take(1) } }
                told.get() shouldBe 1
                credit.raise(2)
                queue.serve()
                told.get() shouldBe 2
                credit.raise(4)
                queue.serve()
                waiting.forEach { it.join() }
                told.get() shouldBe 2
            }
        }

        test("the end of the session wakes everybody with nothing, now and later") {
            runTest {
                val credit = SendCredit(0)
                val queue = CreditQueue(credit) {}
                val waiting = async(start = CoroutineStart.UNDISPATCHED) { queue.take(1) }
                queue.close()
                waiting.await() shouldBe 0
                credit.raise(9)
                queue.take(1) shouldBe 0
                queue.tryTake(1) shouldBe 0
            }
        }

        test("on many threads, with waiters that give up, no credit is lost and none is made") {
            val seed = Random.nextLong()
            withClue("seed $seed") {
                repeat(200) { round -> stress(Random(seed + round)) }
            }
        }
    })

private suspend fun stress(random: Random) {
    val credit = SendCredit(0)
    val queue = CreditQueue(credit) {}
    val kept = AtomicLong()
    withContext(Dispatchers.Default) {
        coroutineScope {
            val raising = launch {
                var limit = 0L
                repeat(50) {
                    limit += random.nextInt(1, 20)
                    credit.raise(limit)
                    queue.serve()
                    yield()
                }
            }
            val takers = List(20) { number ->
                async {
                    val taking = launch {
                        val taken = queue.take(1L + number)
                        if (number % 3 == 0) queue.giveBack(taken) else kept.addAndGet(taken)
                    }
                    if (number % 2 == 0) taking.cancel()
                    taking
                }
            }
            raising.join()
            takers.awaitAll().forEach {
                credit.raise(credit.limit() + 100)
                queue.serve()
                it.join()
            }
        }
    }
    credit.used() shouldBe kept.get()
}
