package dev.webtransport.session

import dev.webtransport.error.StreamStoppedException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.engine.spec.tempfile
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import java.io.ByteArrayInputStream
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.Channels
import java.nio.channels.Pipe
import java.nio.channels.ReadableByteChannel
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import kotlin.random.Random

class StreamWriteSpec :
    FunSpec({
        val data = Random(4).nextBytes(100_000)
        val file = tempfile().also { it.writeBytes(data) }.toPath()
        val sources = mapOf<String, suspend (SendStream, (Long) -> Unit) -> Long>(
            "an array" to { to, progress -> to.writeAll(data, 30_000, progress) },
            "a buffer" to { to, progress -> to.writeAll(ByteBuffer.wrap(data), 30_000, progress) },
            "a flow" to { to, progress ->
                to.writeAll(flowOf(data.copyOf(60_000), ByteArray(0), data.copyOfRange(60_000, data.size)), 30_000, progress)
            },
            "a channel" to { to, progress -> to.writeAll(exactly(data, 30_000), 30_000, progress) },
            "a file" to { to, progress -> to.writeAll(file, 30_000, progress) },
        )

        for ((name, writeAll) in sources) {
            test("$name arrives whole, progress is told, and only finish ends the stream") {
                runTest {
                    val ends = stream()
                    val told = mutableListOf<Long>()
                    val reading = async { ends.receive.readExactly(data.size) }
                    writeAll(ends.send) { told += it } shouldBe data.size
                    told.shouldContainExactly(30_000, 60_000, 90_000, 100_000)
                    reading.await() shouldBe data
                    ends.send.isWritable shouldBe true
                    ends.send.write("more")
                    ends.send.finish()
                    ends.send.isWritable shouldBe false
                    ends.receive.readAll(4).text() shouldBe "more"
                }
            }

            test("$name waits while the peer does not read, and gives up when it is cancelled") {
                runTest {
                    val ends = stream { tinyWindows() }
                    val writing = launch { writeAll(ends.send) {} }
                    settle()
                    writing.isActive shouldBe true
                    writing.cancelAndJoin()
                    ends.send.isWritable shouldBe true
                    ends.send.reset()
                    ends.receive.stopSending()
                }
            }

            test("$name is refused by a peer that has stopped reading, with its code") {
                runTest {
                    val ends = stream { tinyWindows() }
                    val writing = async(start = CoroutineStart.UNDISPATCHED) { runCatching { writeAll(ends.send) {} } }
                    settle()
                    ends.receive.stopSending(6)
                    (writing.await().exceptionOrNull() as StreamStoppedException).errorCode shouldBe 6
                    ends.send.isWritable shouldBe false
                }
            }

            test("what the progress of $name throws ends the call, and the stream lives") {
                runTest {
                    val ends = stream()
                    val reading = async { ends.receive.readExactly(30_000) }
                    shouldThrow<ArithmeticException> { writeAll(ends.send) { throw ArithmeticException("for the test") } }
                    reading.await() shouldBe data.copyOf(30_000)
                    ends.send.finish()
                    ends.receive.readAll(0).size shouldBe 0
                }
            }
        }

        test("the position of a buffer tells what was taken when the call is cancelled, and its limit is as before") {
            runTest {
                val ends = stream { tinyWindows() }
                val buffer = ByteBuffer.wrap(data)
                val writing = launch { ends.send.writeAll(buffer, chunkSize = 10) }
                settle()
                writing.cancelAndJoin()
                buffer.limit() shouldBe data.size
                buffer.position() shouldBeGreaterThan 0
                val taken = buffer.position()
                val reading = async { ends.receive.readAll(data.size) }
                ends.send.finish()
                reading.await() shouldBe data.copyOf(taken)
            }
        }

        test("cancellation wakes a channel that blocks") {
            runTest {
                val ends = stream()
                val pipe = Pipe.open()
                val told = CompletableDeferred<Long>()
                val writing = launch { ends.send.writeAll(pipe.source()) { told.complete(it) } }
                pipe.sink().write(ByteBuffer.wrap(byteArrayOf(1, 2)))
                told.await() shouldBe 2
                writing.cancelAndJoin()
                writing.isCancelled shouldBe true
                pipe.sink().close()
                pipe.source().close()
                ends.send.finish()
                ends.receive.readAll(2) shouldBe byteArrayOf(1, 2)
            }
        }

        test("a channel that cannot be waited for is refused") {
            runTest {
                val ends = stream()
                val pipe = Pipe.open()
                pipe.source().configureBlocking(false)
                shouldThrow<IllegalArgumentException> { ends.send.writeAll(pipe.source()) }.message shouldContain "blocking mode"
                pipe.sink().close()
                pipe.source().close()
                val idle = object : ReadableByteChannel {
                    override fun read(dst: ByteBuffer): Int = 0

                    override fun isOpen(): Boolean = true

                    override fun close(): Unit = error("it is not ours to close")
                }
                shouldThrow<IllegalStateException> { ends.send.writeAll(idle) }.message shouldContain "gave no byte"
                ends.send.finish()
                ends.receive.readAll(0)
            }
        }

        test("a source that fails ends the call with its failure, and the stream lives") {
            runTest {
                val ends = stream()
                shouldThrow<NoSuchFileException> { ends.send.writeAll(Path.of("no", "such", "file")) }
                shouldThrow<IOException> {
                    ends.send.writeAll(
                        flow {
                            emit(byteArrayOf(1))
                            throw IOException("for the test")
                        },
                    )
                }
                ends.send.finish()
                ends.receive.readAll(1) shouldBe byteArrayOf(1)
            }
        }

        test("a flow is cancelled with the call") {
            runTest {
                val ends = stream()
                val cancelled = CompletableDeferred<Unit>()
                val writing = launch(start = CoroutineStart.UNDISPATCHED) {
                    ends.send.writeAll(
                        flow<ByteArray> {
                            try {
                                awaitCancellation()
                            } finally {
                                cancelled.complete(Unit)
                            }
                        },
                    )
                }
                writing.cancelAndJoin()
                cancelled.isCompleted shouldBe true
                ends.send.finish()
                ends.receive.readAll(0)
            }
        }

        test("nothing is sent in chunks without size") {
            runTest {
                val ends = stream()
                shouldThrow<IllegalArgumentException> { ends.send.writeAll(data, 0) }
                shouldThrow<IllegalArgumentException> { ends.send.writeAll(flowOf(data), -1) }
                shouldThrow<IllegalArgumentException> { ends.send.writeAll(exactly(data, 1), 0) }
                shouldThrow<IllegalArgumentException> { ends.send.writeAll(file, 0) }
                ends.send.finish()
                ends.receive.readAll(0)
            }
        }

        test("a stream is writable until this end ends it or knows that the peer, or the session, has") {
            runTest {
                val stopped = stream()
                stopped.receive.stopSending(1)
                stopped.send.awaitStopped() shouldBe 1
                stopped.send.isWritable shouldBe false
                val reset = stream()
                reset.send.reset()
                reset.send.isWritable shouldBe false
                reset.receive.stopSending()
                val closed = stream()
                closed.send.session.close()
                closed.send.isWritable shouldBe false
                closed.receive.session.awaitClosed()
                closed.receive.isReadable shouldBe false
            }
        }
    })

/** A channel that gives so many bytes at once while it has them: those of an input stream may give fewer. */
private fun exactly(data: ByteArray, count: Int): ReadableByteChannel {
    val source = ByteArrayInputStream(data)
    val channel = Channels.newChannel(source)
    return object : ReadableByteChannel by channel {
        override fun read(dst: ByteBuffer): Int {
            val bytes = source.readNBytes(minOf(count, dst.remaining()))
            if (bytes.isEmpty()) return -1
            dst.put(bytes)
            return bytes.size
        }
    }
}
