package dev.webtransport.netty

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.TransportSpi
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.launch
import java.net.InetSocketAddress
import java.nio.ByteBuffer
import java.util.Collections

/** An application that goes on in the event loop, where what it says goes to quiche at once. */
@OptIn(TransportSpi::class)
internal class NettyOnLoopSpec : NettyTests() {
    init {
        test("streams that are opened on the event loop and by other threads at the same time arrive whole, in spite of their common ids") {
            val config = QuicConfig.builder().maxIncomingUnidirectionalStreams(MANY).build()
            connected(config) { ends ->
                val answering = launch(Dispatchers.Unconfined) {
                    repeat(MANY) {
                        val asked = ends.server.acceptUnidirectionalStream().text()
                        val answer = ends.server.openUnidirectionalStream()
                        answer.write(ByteBuffer.wrap("answer to $asked".toByteArray()))
                        answer.finish()
                    }
                }
                val others = List(2) { who ->
                    launch {
                        repeat(MANY) {
                            val stream = ends.server.openUnidirectionalStream()
                            stream.write(ByteBuffer.wrap("news $it of $who".toByteArray()))
                            stream.finish()
                        }
                    }
                }
                val asking = launch {
                    repeat(MANY) {
                        val stream = ends.client.openUnidirectionalStream()
                        stream.write(ByteBuffer.wrap("question $it".toByteArray()))
                        stream.finish()
                    }
                }
                val arrived = List(3 * MANY) { ends.client.acceptUnidirectionalStream() }.map { async { it.text() } }.awaitAll()
                val expected = List(MANY) { "answer to question $it" } + List(2) { who -> List(MANY) { "news $it of $who" } }.flatten()
                arrived.shouldContainExactlyInAnyOrder(expected)
                (others + asking + answering).forEach { it.join() }
            }
        }

        test("who wrote before comes before a stream that is finished on the event loop, in the same reading too") {
            connected { ends ->
                val order = Collections.synchronizedList(ArrayList<Long>())
                val receiving = launch(Dispatchers.Unconfined) {
                    repeat(2) {
                        val stream = ends.client.acceptUnidirectionalStream()
                        order += stream.id
                        launch { stream.readToEnd() }
                    }
                }
                val answering = async(Dispatchers.Unconfined) {
                    ends.server.acceptUnidirectionalStream().text()
                    val lower = ends.server.openUnidirectionalStream()
                    val higher = ends.server.openUnidirectionalStream()
                    // More than the first packet holds.
                    higher.write(bytes(10_000))
                    lower.write(bytes(1))
                    lower.finish()
                    higher.finish()
                    listOf(higher.id, lower.id)
                }
                val question = ends.client.openUnidirectionalStream()
                question.write(bytes(1))
                question.finish()
                val written = answering.await()
                receiving.join()
                order.toList() shouldContainExactly written
            }
        }

        test("a FIN alone that is said while packets of another connection are handled leaves right behind them") {
            bounded {
                val listener = transport.listen(InetSocketAddress("127.0.0.1", 0), tls.server, QuicConfig.defaults())
                val (asking, listening) = List(2) {
                    val accepting = async { listener.accept() }
                    val client = transport.connect(listener.localAddress, "localhost", tls.client, QuicConfig.defaults())
                    Ends(client, checkNotNull(accepting.await()))
                }
                val (asked, question) = stream(asking)
                val (heard, told) = stream(listening)
                // Nothing is left to say but FIN.
                told.send.write(bytes(1))
                heard.receive.read(ByteBuffer.allocate(1))
                val came = CompletableDeferred<Unit>()
                val relaying = launch(Dispatchers.Unconfined) {
                    question.receive.readToEnd()
                    came.complete(Unit)
                    told.send.finish()
                }
                asked.send.finish()
                came.await()
                // What is asked of the loop now may come before FIN does; what is asked of it after that does not.
                repeat(2) { async(listening.server.dispatcher.shouldNotBeNull()) { }.await() }
                relaying.isCompleted shouldBe true
                listOf(asking, listening).forEach { it.client.close(0x100, "") }
                listener.close()
            }
        }

        test("what is dispatched behind a packet is run on the connection's thread, and after the connection's end too") {
            connected { ends ->
                val done = Collections.synchronizedList(ArrayList<Int>())
                val strangers = Collections.synchronizedList(ArrayList<Thread>())
                val threads = ends.server.dispatcher.shouldNotBeNull()
                val loop = async(threads) { Thread.currentThread() }.await()
                repeat(100) {
                    ends.server.dispatchBehind {
                        done += it
                        if (Thread.currentThread() !== loop) strangers += Thread.currentThread()
                    }
                }
                async(threads) { }.await()
                done.toList() shouldContainExactlyInAnyOrder List(100) { it }
                ends.server.close(0x100, "")
                ends.server.awaitClosed()
                ends.server.dispatchBehind { done += 100 }
                async(threads) { }.await()
                done.toList() shouldContainExactlyInAnyOrder List(101) { it }
                strangers.shouldBeEmpty()
            }
        }
    }

    private suspend fun QuicReceiveStream.text(): String {
        val all = ByteBuffer.allocate(100)
        while (read(all) >= 0) continue
        return String(all.array(), 0, all.position())
    }

    private companion object {
        const val MANY = 500
    }
}
