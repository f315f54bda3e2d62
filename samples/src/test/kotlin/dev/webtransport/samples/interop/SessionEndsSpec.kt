package dev.webtransport.samples.interop

import dev.webtransport.value.CloseInfo
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlin.time.Duration.Companion.seconds

@OptIn(ExperimentalCoroutinesApi::class)
class SessionEndsSpec : FunSpec({
    test("an end is told to who asks later, and to who asked before") {
        runTest {
            val ends = SessionEnds()
            val before = async { ends.await("a", 3.seconds) }
            runCurrent()
            ends.report("a", CloseInfo.of(7))

            before.await() shouldBe CloseInfo.of(7)
            ends.await("a", 3.seconds) shouldBe CloseInfo.of(7)
            currentTime shouldBe 0
        }
    }

    test("an end that is not known is waited for, so long and no longer") {
        runTest {
            SessionEnds().await("a", 3.seconds) shouldBe null
            currentTime shouldBe 3000
        }
    }

    test("a lost session is told at once") {
        runTest {
            val ends = SessionEnds()
            ends.report("a", null)

            ends.await("a", 3.seconds) shouldBe null
            currentTime shouldBe 0
        }
    }

    test("the oldest is forgotten when there are too many") {
        runTest {
            val ends = SessionEnds()
            repeat(SessionEnds.CAPACITY + 1) { ends.report("session $it", CloseInfo.of(it.toLong())) }

            ends.await("session 1", 3.seconds) shouldBe CloseInfo.of(1)
            ends.await("session 0", 3.seconds) shouldBe null
        }
    }
})
