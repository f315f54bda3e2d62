package dev.webtransport.kwik

import dev.webtransport.config.QuicConfig
import dev.webtransport.value.Perspective
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import tech.kwik.core.QuicClientConnection
import tech.kwik.core.impl.QuicConnectionImpl
import java.net.DatagramSocket
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit

/** What the sending thread does with a stream that Kwik takes no more of. An exception there would end the connection. */
internal class KwikSendStreamSpec :
    FunSpec({
        test("a stream that was reset and whose RESET_STREAM waits is not asked for once more") {
            sending { stream, kwik ->
                stream.send.write(ByteBuffer.allocate(100))
                stream.connection.outbox.pump()
                kwik.written shouldBe 100
                stream.send.reset(7)
                stream.connection.outbox.pump()
                kwik.isReset shouldBe true
                repeat(3) { stream.connection.outbox.nudge() }
            }
        }

        test("a stream that Kwik resets for a STOP_SENDING while its next bytes are on the way takes no more, and others go on") {
            sending { stream, kwik ->
                stream.send.write(ByteBuffer.allocate(100))
                kwik.isReset = true
                stream.connection.outbox.pump()
                repeat(3) { stream.connection.outbox.nudge() }
                stream.send.unsent shouldBe 0
                val next = StreamOfKwik(4)
                streamOf(stream.connection, next).send.write(ByteBuffer.allocate(100))
                stream.connection.outbox.pump()
                next.written shouldBe 100
            }
        }
    })

/** Runs [test] with a stream of a connection that sends nothing by itself, so that the thread of the test is the one that sends. */
private suspend fun sending(test: suspend (KwikStream, StreamOfKwik) -> Unit) {
    val timers = Executors.newSingleThreadScheduledExecutor()
    try {
        DatagramSocket().use { socket ->
            val address = InetSocketAddress("127.0.0.1", 1)
            val connection = KwikConnection(Perspective.CLIENT, QuicConfig.defaults(), emptySet(), address, address, timers) {}
            connection.kwik = QuicClientConnection
                .newBuilder()
                .applicationProtocol("h3")
                .host("localhost")
                .port(address.port)
                .socketFactory { socket }
                .build() as QuicConnectionImpl
            connection.outbox.credit = 1_000
            val kwik = StreamOfKwik(0)
            test(streamOf(connection, kwik), kwik)
        }
    } finally {
        timers.shutdownNow()
        timers.awaitTermination(10, TimeUnit.SECONDS)
    }
}

private fun streamOf(connection: KwikConnection, kwik: StreamOfKwik): KwikStream {
    val stream = KwikStream(connection, kwik.streamId.toLong(), isPeers = false, sends = true, receives = true)
    stream.kwik = kwik
    stream.send.credit = 1_000
    return stream
}
