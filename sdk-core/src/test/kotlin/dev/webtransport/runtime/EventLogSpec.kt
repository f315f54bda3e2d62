package dev.webtransport.runtime

import dev.webtransport.error.SessionClosedException
import dev.webtransport.session.SessionEvent
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Initiator
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest

class EventLogSpec :
    FunSpec({
        val closed = SessionClosedException(CloseInfo.NORMAL, Initiator.LOCAL, null)
            .let { SessionEvent.Closed(CloseInfo.NORMAL, Initiator.LOCAL, it) }

        fun ended(id: Long) = SessionEvent.StreamEnded(id)

        suspend fun EventLog.all() = events.toList().map { "$it" }

        test("a collector gets Ready, everything in order, and the end") {
            runTest {
                val log = EventLog(4)
                log.tell(ended(1))
                val early = async(start = CoroutineStart.UNDISPATCHED) { log.all() }
                log.tell(ended(2))
                log.tell(closed)
                val expected = listOf("Ready", "StreamEnded(1)", "StreamEnded(2)", "$closed")
                early.await() shouldContainExactly expected
                log.all() shouldContainExactly expected
            }
        }

        test("a late collector is told how many events are gone, and gets the latest ones") {
            val log = EventLog(2)
            for (id in 1L..5L) log.tell(ended(id))
            log.events
                .take(4)
                .toList()
                .map { "$it" } shouldContainExactly
                listOf("Ready", "Skipped(3)", "StreamEnded(4)", "StreamEnded(5)")
        }

        test("a slow collector is told what it missed, and holds up nobody") {
            runTest {
                val log = EventLog(2)
                val slow = mutableListOf<String>()
                val goOn = CompletableDeferred<Unit>()
                val collecting =
                    launch(start = CoroutineStart.UNDISPATCHED) {
                        log.events.collect {
                            slow += "$it"
                            if ("$it" == "StreamEnded(1)") goOn.await()
                        }
                    }
                log.tell(ended(1))
                testScheduler.runCurrent()
                for (id in 2L..9L) log.tell(ended(id))
                log.tell(closed)
                goOn.complete(Unit)
                collecting.join()
                slow shouldContainExactly listOf("Ready", "StreamEnded(1)", "Skipped(7)", "StreamEnded(9)", "$closed")
            }
        }

        test("nothing is told behind the end, and the end is kept even where one event is") {
            val log = EventLog(1)
            log.tell(ended(1))
            log.tell(closed)
            log.tell(ended(2))
            log.all() shouldContainExactly listOf("Ready", "Skipped(1)", "$closed")
        }

        test("events of several threads are each told once or counted as skipped, each thread's in order") {
            val log = EventLog(16)
            coroutineScope {
                val collectors = List(2) { async(Dispatchers.Default) { log.events.toList() } }
                List(4) { thread ->
                    launch(Dispatchers.Default) {
                        for (number in 0L until 2000L) log.tell(ended(thread * 10_000L + number))
                    }
                }.joinAll()
                log.tell(closed)
                for (collector in collectors) {
                    val events = collector.await()
                    events.last().shouldBeInstanceOf<SessionEvent.Closed>()
                    val ids = events.filterIsInstance<SessionEvent.StreamEnded>().map { it.streamId }
                    ids.size + events.filterIsInstance<SessionEvent.Skipped>().sumOf { it.count } shouldBe 8000L
                    ids
                        .groupBy { it / 10_000 }
                        .values
                        .filter { it != it.sorted() }
                        .shouldBeEmpty()
                }
            }
        }
    })
