package dev.webtransport.session

import dev.webtransport.error.SessionException
import dev.webtransport.error.StreamResetException
import dev.webtransport.testkit.loopbackPair
import dev.webtransport.value.Initiator
import dev.webtransport.value.StreamType
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.ints.shouldBeLessThanOrEqual
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withTimeoutOrNull
import java.io.EOFException
import java.nio.ByteBuffer
import java.util.Random

private const val CHUNK = 16 shl 10
private const val LIMIT = 1 shl 10
private val NEVER = byteArrayOf(-1)

class StreamReadSpec :
    FunSpec({
        test("a separator is found wherever the network cuts it, and what follows is left") {
            val whole = "ab\r\n\r\ncd"
            for (cut in 1 until whole.length) {
                for (second in cut until whole.length) {
                    runTest {
                        val ends = stream()
                        val reading = async(start = CoroutineStart.UNDISPATCHED) {
                            ends.receive.readUntil("\r\n\r\n".encodeToByteArray(), limit = 6)
                        }
                        listOf(whole.substring(0, cut), whole.substring(cut, second), whole.substring(second)).forEach {
                            ends.send.write(it)
                            settle()
                        }
                        ends.send.finish()
                        reading.await().text() shouldBe "ab\r\n\r\n"
                        ends.receive.readAll(2).text() shouldBe "cd"
                    }
                }
            }
        }

        test("a separator that begins inside of what only looked like one is found") {
            for ((text, separator) in listOf("aaab" to "aab", "ababac" to "abac", "xabcabcabd" to "abcabd", "aaaa" to "aaaa")) {
                runTest {
                    val ends = stream()
                    val reading = async { ends.receive.readUntil(separator.encodeToByteArray(), limit = text.length) }
                    for (letter in text) {
                        ends.send.write(letter.toString())
                        settle()
                    }
                    ends.send.finish()
                    reading.await().text() shouldBe text
                    ends.receive.read(1) shouldBe null
                }
            }
        }

        test("random text is cut at random separators as String.split does") {
            val seed = System.nanoTime()
            val random = Random(seed)
            repeat(200) {
                runTest {
                    val ends = stream()
                    val text = String(CharArray(random.nextInt(60)) { 'a' + random.nextInt(2) })
                    val separator = String(CharArray(1 + random.nextInt(4)) { 'a' + random.nextInt(2) })
                    ends.send.write(text)
                    ends.send.finish()
                    val pieces = mutableListOf<String?>()
                    val bytes = separator.encodeToByteArray()
                    while (true) {
                        val piece = runCatching { ends.receive.readUntil(bytes, limit = 64) }.getOrElse { break } ?: break
                        pieces += piece.text()?.removeSuffix(separator)
                    }
                    val rest = ends.receive.readAll(64).text()
                    (pieces + rest) to seed shouldBe (text.split(separator) to seed)
                }
            }
        }

        test("64 MiB without the separator and a limit of 1 KiB: an error, nothing lost, and little is held") {
            runTest {
                val ends = stream()
                val size = 64 shl 20
                val piece = ByteArray(1 shl 20) { (it % 251).toByte() }
                val writing = launch {
                    repeat(size / piece.size) { ends.send.write(piece) }
                    ends.send.finish()
                }
                var seen = 0
                while (seen < size) {
                    if (size - seen >= LIMIT) {
                        repeat(2) {
                            val failure = shouldThrow<IllegalStateException> { ends.receive.readUntil(NEVER, LIMIT) }
                            failure.message shouldContain "no separator within the limit of 1024 bytes"
                        }
                    }
                    ends.receive.held() shouldBeLessThanOrEqual LIMIT + CHUNK
                    val bytes = ends.receive.read(1 shl 20).shouldNotBeNull()
                    for (byte in bytes) check(byte == piece[seen++ % piece.size]) { "byte ${seen - 1} is $byte" }
                }
                writing.join()
                ends.receive.held() shouldBe 0
                ends.receive.read(1) shouldBe null
            }
        }

        test("whoever waits for n bytes holds no more than n and a chunk") {
            runTest {
                val ends = stream()
                val writing = launch {
                    ends.send.write(ByteArray(1 shl 20))
                    ends.send.finish()
                }
                for (count in listOf(1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 100_000, 300_000)) {
                    ends.receive.peek(count).remaining() shouldBeLessThanOrEqual count + CHUNK
                }
                ends.receive.readAll(1 shl 20).size shouldBe (1 shl 20)
                writing.join()
            }
        }

        test("what is beyond a limit is told with what came and the limit, and stays to be read") {
            runTest {
                val ends = stream()
                ends.send.write("0123456789")
                ends.send.finish()
                shouldThrow<IllegalStateException> { ends.receive.readAll(9) }.message shouldContain
                    "is longer than the limit of 9 bytes; the first 10 are still to be read"
                shouldThrow<IllegalStateException> { ends.receive.readLine(4) }.message shouldContain "limit of 4 bytes"
                shouldThrow<IllegalStateException> { ends.receive.readUntil("56".encodeToByteArray(), 6) }
                ends.receive.readUntil("56".encodeToByteArray(), 7).text() shouldBe "0123456"
                ends.receive.readAll(3).text() shouldBe "789"
            }
        }

        test("an end that comes too early is told with what came, which stays to be read") {
            runTest {
                val ends = stream()
                ends.send.write("abc")
                ends.send.finish()
                shouldThrow<EOFException> { ends.receive.readExactly(4) }.message shouldContain "ended after 3 of 4 bytes"
                shouldThrow<EOFException> { ends.receive.readUntil(byteArrayOf(0), 10) }.message shouldContain "ended after 3 bytes"
                ends.receive.isReadable shouldBe true
                ends.receive.readExactly(3).text() shouldBe "abc"
                ends.receive.isReadable shouldBe false
                shouldThrow<EOFException> { ends.receive.readExactly(1) }
                ends.receive.readExactly(0).size shouldBe 0
                ends.receive.readUntil(byteArrayOf(0), 10) shouldBe null
                ends.receive.readLine(1) shouldBe null
                ends.receive.readAll(0).size shouldBe 0
                ends.receive.read(ByteBuffer.allocate(1)) shouldBe -1
            }
        }

        val calls = mapOf<String, suspend (ReceiveStream) -> Any?>(
            "read" to { it.read(ByteBuffer.allocate(10)) },
            "read of bytes" to { it.read(10) },
            "peek" to { it.peek(10) },
            "readAll" to { it.readAll(10) },
            "readExactly" to { it.readExactly(10) },
            "readLine" to { it.readLine(10) },
            "readUntil" to { it.readUntil("|".encodeToByteArray(), 10) },
            "asFlow" to { it.asFlow().first() },
        )
        for ((name, call) in calls) {
            test("a $name that is cancelled while it waits loses no byte") {
                runTest {
                    val ends = stream()
                    val waiting = launch(start = CoroutineStart.UNDISPATCHED) { call(ends.receive) }
                    settle()
                    waiting.cancelAndJoin()
                    val takesAnything = name in setOf("read", "read of bytes", "asFlow")
                    if (!takesAnything) {
                        // Half of what it waits for is there when it is given up.
                        val halfWay = launch(start = CoroutineStart.UNDISPATCHED) { call(ends.receive) }
                        ends.send.write("01")
                        settle()
                        halfWay.cancelAndJoin()
                        withTimeoutOrNull(5) { call(ends.receive) } shouldBe null
                    }
                    ends.send.write("234")
                    ends.send.finish()
                    ends.receive.readAll(5).text() shouldBe if (takesAnything) "234" else "01234"
                }
            }

            test("a $name after stopSending, or stopped while it waits, fails as misuse") {
                runTest {
                    val ends = stream()
                    ends.send.write("ab")
                    settle()
                    ends.receive.peek(2)
                    ends.receive.skip(1)
                    ends.receive.stopSending(3)
                    shouldThrow<IllegalStateException> { call(ends.receive) }
                    ends.receive.isReadable shouldBe false
                    ends.send.reset()
                    val others = stream()
                    val waiting = async(start = CoroutineStart.UNDISPATCHED) { runCatching { call(others.receive) } }
                    others.receive.stopSending()
                    (waiting.await().exceptionOrNull() is IllegalStateException) shouldBe true
                    others.send.reset()
                }
            }
        }

        test("lines end with LF or CRLF, the last one with the stream") {
            runTest {
                val ends = stream()
                ends.send.write("one\r\n\ntwo\rthree\n\r\nföur")
                ends.send.finish()
                val lines = mutableListOf<String>()
                while (true) lines += ends.receive.readLine(100) ?: break
                lines.shouldContainExactly("one", "", "two\rthree", "", "föur")
            }
        }

        test("many lines in one chunk are taken one by one, and the buffer with the last of them") {
            runTest {
                val ends = stream()
                val writing = launch {
                    repeat(10_000) { ends.send.write("line $it\n") }
                    ends.send.finish()
                }
                repeat(10_000) { ends.receive.readLine(20) shouldBe "line $it" }
                ends.receive.held() shouldBe 0
                ends.receive.readLine(20) shouldBe null
                writing.join()
            }
        }

        test("reads of different kinds go on where the one before stopped") {
            runTest {
                val ends = stream()
                ends.send.write("head\n1234567890tail;rest of it")
                ends.send.finish()
                ends.receive.readLine(10) shouldBe "head"
                ends.receive.readExactly(4).text() shouldBe "1234"
                val dst = ByteBuffer.allocate(3)
                ends.receive.read(dst) shouldBe 3
                String(dst.array()) shouldBe "567"
                ends.receive.read(3).text() shouldBe "890"
                ends.receive.readUntil(";".encodeToByteArray(), 5).text() shouldBe "tail;"
                ends.receive
                    .asFlow(chunkSize = 4)
                    .first()
                    .text() shouldBe "rest"
                ends.receive
                    .asFlow(chunkSize = 4)
                    .toList()
                    .joinToString("") { it.decodeToString() } shouldBe " of it"
            }
        }

        test("what was looked at comes before the peer's reset, which is told again and again") {
            runTest {
                val ends = stream()
                ends.send.write("abc")
                settle()
                ends.receive.peek(3)
                ends.send.reset(7)
                settle()
                shouldThrow<StreamResetException> { ends.receive.readExactly(4) }.errorCode shouldBe 7
                ends.receive.isReadable shouldBe true
                ends.receive.readExactly(3).text() shouldBe "abc"
                ends.receive.isReadable shouldBe false
                repeat(2) { shouldThrow<StreamResetException> { ends.receive.readAll(9) }.errorCode shouldBe 7 }
            }
        }

        test("a stream that has come whole can be read after its session, another one cannot") {
            runTest {
                val (client, server) = loopbackPair()
                val streams = List(2) { client.createUnidirectionalStream().also { it.write("ab") } }
                streams[0].finish()
                val accepted = List(2) { server.acceptUnidirectionalStream().shouldNotBeNull() }
                val whole = accepted.single { it.id == streams[0].id }
                val cut = accepted.single { it.id == streams[1].id }
                whole.peek(3).remaining() shouldBe 2
                cut.peek(2).remaining() shouldBe 2
                client.close()
                server.awaitClosed()
                whole.isReadable shouldBe true
                whole.readAll(2).text() shouldBe "ab"
                cut.isReadable shouldBe false
                shouldThrow<SessionException> { cut.readExactly(2) }
            }
        }

        test("a stop drops what was looked at, even where its end has come") {
            runTest {
                val ends = stream()
                ends.send.write("ab")
                ends.send.finish()
                ends.receive.peek(3).remaining() shouldBe 2
                ends.receive.stopSending()
                ends.receive.isReadable shouldBe false
                shouldThrow<IllegalStateException> { ends.receive.read(1) }
            }
        }

        test("what is shown cannot be written to, and can be skipped as far as it goes") {
            runTest {
                val ends = stream()
                ends.send.write("abcd")
                ends.send.finish()
                val view = ends.receive.peek(4)
                view.isReadOnly shouldBe true
                view.position() shouldBe 0
                shouldThrow<IllegalArgumentException> { ends.receive.skip(5) }.message shouldContain "where 4 are looked at"
                shouldThrow<IllegalArgumentException> { ends.receive.skip(-1) }
                ends.receive.skip(3)
                ends.receive.readAll(1).text() shouldBe "d"
            }
        }

        test("arguments without sense are refused, and nothing is read for them") {
            runTest {
                val ends = stream()
                ends.send.write("ab")
                ends.send.finish()
                val refused = listOf<suspend (ReceiveStream) -> Any?>(
                    { it.read(ByteBuffer.allocate(0)) },
                    { it.read(0) },
                    { it.peek(-1) },
                    { it.readAll(-1) },
                    { it.readExactly(-1) },
                    { it.readLine(0) },
                    { it.readUntil(ByteArray(0), 5) },
                    { it.readUntil(ByteArray(3), 2) },
                    { it.asFlow(0) },
                )
                for (call in refused) shouldThrow<IllegalArgumentException> { call(ends.receive) }
                ends.receive.readAll(Int.MAX_VALUE).text() shouldBe "ab"
            }
        }

        test("direction and initiator of a stream are told by its id") {
            runTest {
                val (client, server) = loopbackPair()
                val both = server.createBidirectionalStream()
                both.send.write("x")
                val one = client.createUnidirectionalStream()
                one.write("x")
                val atClient = client.acceptBidirectionalStream().shouldNotBeNull()
                val atServer = server.acceptUnidirectionalStream().shouldNotBeNull()
                both.send.direction shouldBe StreamType.BIDIRECTIONAL
                atClient.receive.direction shouldBe StreamType.BIDIRECTIONAL
                one.direction shouldBe StreamType.UNIDIRECTIONAL
                atServer.direction shouldBe StreamType.UNIDIRECTIONAL
                listOf(both.initiator, both.send.initiator, both.receive.initiator, one.initiator).toSet() shouldBe
                    setOf(Initiator.LOCAL)
                listOf(atClient.initiator, atServer.initiator).toSet() shouldBe setOf(Initiator.REMOTE)
                both.use { }
                atClient.use { }
                one.reset()
                atServer.stopSending()
            }
        }
    })
