package dev.webtransport.kwik

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicStreamResetException
import dev.webtransport.value.Perspective
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.runBlocking
import tech.kwik.core.frame.StreamFrame
import java.io.InputStream
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.thread

internal class KwikReceiveStreamSpec :
    FunSpec({
        test("a reset empties Kwik's buffer only when nobody is reading there") {
            val timers = Executors.newSingleThreadScheduledExecutor()
            try {
                val input = SlowInput()
                val address = InetSocketAddress("127.0.0.1", 1)
                val connection = KwikConnection(Perspective.SERVER, QuicConfig.defaults(), emptySet(), address, address, timers) {}
                val stream = KwikStream(connection, 2, isPeers = true, sends = false, receives = true)
                stream.kwik = StreamOfKwik(2, input)
                stream.receive.handleFrame(StreamFrame(2, 0, ByteArray(100), false))

                val reader = thread { runBlocking { stream.receive.read(ByteBuffer.allocate(100)) } }
                input.entered.await(10, TimeUnit.SECONDS) shouldBe true
                var readMeanwhile: Boolean? = null
                val processing = thread { stream.receive.handleReset(7) { readMeanwhile = input.isRead.get() } }
                val deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10)
                while (processing.state != Thread.State.BLOCKED && processing.isAlive && System.nanoTime() < deadline) Thread.onSpinWait()
                input.goOn.countDown()
                reader.join(10_000)
                processing.join(10_000)

                readMeanwhile shouldBe false
                shouldThrow<QuicStreamResetException> { stream.receive.read(ByteBuffer.allocate(1)) }.errorCode shouldBe 7
            } finally {
                timers.shutdownNow()
            }
        }
    })

/** Takes its time to read. */
private class SlowInput : InputStream() {
    val entered = CountDownLatch(1)
    val goOn = CountDownLatch(1)
    val isRead = AtomicBoolean()

    override fun read(): Int = 0

    override fun read(bytes: ByteArray, offset: Int, length: Int): Int {
        isRead.set(true)
        entered.countDown()
        goOn.await(10, TimeUnit.SECONDS)
        isRead.set(false)
        return length
    }
}
