package dev.webtransport.samples.soak

import dev.webtransport.error.SessionClosedException
import dev.webtransport.error.SessionException
import dev.webtransport.error.SessionRejectedException
import dev.webtransport.error.StreamException
import dev.webtransport.error.StreamResetException
import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.session.use
import dev.webtransport.value.CloseInfo
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import java.nio.ByteBuffer
import java.time.Duration
import kotlin.random.Random
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** One thing that applications do, or that happens to them, checked as far as it can be. Each is done on a session of its own. */
internal enum class SoakAction(private val act: suspend Scene.() -> Unit) {
    ECHO_STREAMS(Scene::echoStreams),
    ECHO_ONE_WAY(Scene::echoOneWay),
    ECHO_DATAGRAMS(Scene::echoDatagrams),
    UPLOAD(Scene::upload),
    READ_SLOWLY(Scene::readSlowly),
    TAKE_WHAT_IS_PUSHED(Scene::takeWhatIsPushed),
    RESET(Scene::reset),
    BE_RESET(Scene::beReset),
    STOP(Scene::stop),
    BE_STOPPED(Scene::beStopped),
    GIVE_UP(Scene::giveUp),
    CLOSE_GRACEFULLY(Scene::closeGracefully),
    CLOSE_AT_ONCE(Scene::closeAtOnce),
    BE_CLOSED(Scene::beClosed),
    BE_DRAINED(Scene::beDrained),
    LOSE_CONNECTION(Scene::loseConnection),
    BE_REFUSED(Scene::beRefused),
    ;

    /** Does it. Throws if something was not as it must be. */
    suspend fun run(random: Random, connect: suspend (String) -> WebTransportSession) {
        Scene(random, connect).act()
    }

    /** What one action needs. */
    private class Scene(private val random: Random, private val connect: suspend (String) -> WebTransportSession) {
        private val code = random.nextLong(0, CloseInfo.MAX_CODE + 1)

        suspend fun echoStreams() =
            session("/echo") { session ->
                coroutineScope {
                    repeat(random.nextInt(1, 20)) {
                        val data = random.nextBytes(random.nextInt(SMALL))
                        launch {
                            session.createBidirectionalStream().use { stream ->
                                check(echo(stream, data).contentEquals(data)) { "the echo is not what was sent" }
                            }
                        }
                    }
                }
            }

        suspend fun echoOneWay() =
            session("/echo") { session ->
                val data = random.nextBytes(random.nextInt(SMALL))
                session.createUnidirectionalStream().use {
                    it.write(data)
                    it.finish()
                }
                val back = checkNotNull(session.acceptUnidirectionalStream()) { "the session ended" }
                check(back.readAll(SMALL).contentEquals(data)) { "the echo is not what was sent" }
            }

        /** Some may be lost; what comes is what was sent. */
        suspend fun echoDatagrams() =
            session("/echo") { session ->
                val count = random.nextInt(1, 100)
                val size = random.nextInt(4, DATAGRAM)
                repeat(count) { session.datagrams.sendWhenRoom(ByteBuffer.allocate(size).putInt(0, it)) }
                withTimeoutOrNull(PATIENCE) {
                    repeat(count) {
                        val datagram = session.datagrams.receive() ?: return@withTimeoutOrNull
                        check(datagram.size == size && ByteBuffer.wrap(datagram).int < count) { "a datagram that was not sent" }
                    }
                }
            }

        suspend fun upload() =
            session("/sink") { session ->
                val data = random.nextBytes(random.nextInt(LARGE))
                session.createBidirectionalStream().use { stream ->
                    check(echo(stream, data).decodeToString() == data.size.toString()) { "not all was received" }
                }
            }

        suspend fun readSlowly() {
            val bytes = random.nextInt(LARGE)
            session("/source?bytes=$bytes") { session ->
                val stream = checkNotNull(session.acceptUnidirectionalStream()) { "the session ended" }
                val pause = random.nextInt(1, 20).milliseconds
                delay(pause * 5)
                val buffer = ByteBuffer.allocate(random.nextInt(SMALL, SMALL * 4))
                var count = 0
                while (true) {
                    val read = stream.read(buffer.clear())
                    if (read < 0) break
                    count += read
                    delay(pause)
                }
                check(count == bytes) { "received $count of $bytes bytes" }
            }
        }

        suspend fun takeWhatIsPushed() =
            session("/push?bidi=2&uni=2&dgram=2") { session ->
                coroutineScope {
                    repeat(2) {
                        launch {
                            val stream = checkNotNull(session.acceptBidirectionalStream()) { "the session ended" }
                            stream.use {
                                check(
                                    it.receive
                                        .readAll(SMALL)
                                        .decodeToString()
                                        .startsWith("srv-bidi-"),
                                ) { "not what is pushed" }
                                it.send.write("reply".encodeToByteArray())
                                it.send.finish()
                            }
                        }
                    }
                    // What is pushed, and what is told of the replies.
                    repeat(4) {
                        val stream = checkNotNull(session.acceptUnidirectionalStream()) { "the session ended" }
                        launch { stream.readAll(SMALL) }
                    }
                }
            }

        /** The echo hands a reset back, with its code. */
        suspend fun reset() =
            session("/echo") { session ->
                val stream = session.createBidirectionalStream()
                stream.send.write(random.nextBytes(random.nextInt(1, SMALL)))
                stream.receive.peek(1)
                stream.send.reset(code)
                expectReset(stream.receive)
            }

        suspend fun beReset() =
            session("/reset?code=$code") { session ->
                session.createBidirectionalStream().use { stream ->
                    stream.send.write(ByteArray(1))
                    expectReset(stream.receive)
                }
            }

        private suspend fun expectReset(stream: ReceiveStream) {
            try {
                readToEnd(stream)
                error("a stream that was reset looks whole")
            } catch (reset: StreamResetException) {
                check(reset.errorCode == code) { "reset with ${reset.errorCode}, not $code" }
            }
        }

        /** The echo that nobody wants any more is stopped while it is under way. */
        suspend fun stop() =
            session("/echo") { session ->
                val stream = session.createBidirectionalStream()
                coroutineScope {
                    val writing =
                        launch {
                            unlessAbandoned { while (true) stream.send.write(ByteArray(SMALL)) }
                        }
                    stream.receive.peek(1)
                    stream.receive.stopSending(code)
                    check(stream.send.awaitStopped() == code) { "the stop did not come back with its code" }
                    writing.join()
                }
            }

        suspend fun beStopped() =
            session("/stop?code=$code") { session ->
                session.createBidirectionalStream().use { stream ->
                    stream.send.write(ByteArray(1))
                    val stopped = stream.send.awaitStopped()
                    check(stopped == code) { "stopped with $stopped, not $code" }
                }
            }

        /** Calls that wait are cancelled; the session goes on. */
        suspend fun giveUp() =
            session("/echo") { session ->
                val soon = random.nextInt(1, 30).milliseconds
                withTimeoutOrNull(soon) { session.acceptUnidirectionalStream() }
                withTimeoutOrNull(soon) { session.datagrams.receive() }
                session.createBidirectionalStream().use { stream ->
                    withTimeoutOrNull(soon) { stream.receive.read(ByteBuffer.allocate(1)) }
                }
                session.createBidirectionalStream().use { stream ->
                    withTimeoutOrNull(soon) { while (true) stream.send.write(ByteArray(SMALL)) }
                }
                withTimeoutOrNull(soon) { connect("/echo") }?.close()
                val data = random.nextBytes(SMALL)
                session.createBidirectionalStream().use { stream ->
                    check(echo(stream, data).contentEquals(data)) { "the echo is not what was sent" }
                }
            }

        suspend fun closeGracefully() {
            val session = connect("/echo")
            val data = random.nextBytes(random.nextInt(1, SMALL))
            session.createBidirectionalStream().use { echo(it, data) }
            session.closeGracefully(Duration.ofSeconds(1), CloseInfo.of(code, "enough"))
            check(session.awaitClosed().code() == code) { "closed with another code" }
        }

        /** With streams under way. */
        suspend fun closeAtOnce() {
            val session = connect("/echo")
            begin(session)
            session.close(CloseInfo.of(code, "at once"))
            check(session.awaitClosed().code() == code) { "closed with another code" }
        }

        suspend fun beClosed() {
            val session = connect("/close?code=$code&reason=enough&after=${random.nextInt(20)}")
            unlessAbandoned { begin(session) }
            val info = session.awaitClosed()
            check(info.code() == code && info.reason() == "enough") { "closed with $info" }
        }

        suspend fun beDrained() =
            session("/drain") { session ->
                checkNotNull(withTimeoutOrNull(PATIENCE) { session.awaitDraining() }) { "no drain came" }
            }

        suspend fun loseConnection() {
            val session = connect("/echo")
            begin(session)
            session.connection.close(random.nextLong(1, SMALL.toLong()), "lost on purpose")
            try {
                session.awaitClosed()
            } catch (_: SessionException) {
                // Lost is lost.
            }
        }

        suspend fun beRefused() {
            val status = random.nextInt(400, 600)
            try {
                connect("/reject?status=$status").close()
                error("a session that is refused began")
            } catch (refused: SessionRejectedException) {
                check(refused.status() == status) { "refused with ${refused.status()}, not $status" }
            }
        }

        /** Streams of both kinds with something in them. */
        private suspend fun begin(session: WebTransportSession) {
            repeat(random.nextInt(5)) {
                session.createBidirectionalStream().send.write(random.nextBytes(random.nextInt(SMALL)))
                session.createUnidirectionalStream().write(random.nextBytes(random.nextInt(SMALL)))
            }
        }

        private suspend fun echo(stream: BidirectionalStream, data: ByteArray): ByteArray =
            coroutineScope {
                launch {
                    stream.send.write(data)
                    stream.send.finish()
                }
                stream.receive.readAll(SMALL)
            }

        private suspend fun readToEnd(stream: ReceiveStream) {
            val buffer = ByteBuffer.allocate(SMALL)
            while (stream.read(buffer.clear()) >= 0) continue
        }

        private suspend fun session(path: String, block: suspend (WebTransportSession) -> Unit) {
            val session = connect(path)
            try {
                block(session)
            } finally {
                session.close()
            }
        }

        private suspend fun unlessAbandoned(block: suspend () -> Unit) {
            try {
                block()
            } catch (_: StreamException) {
                // The other end wanted no more.
            } catch (_: SessionClosedException) {
                // Nor of the session.
            }
        }
    }

    private companion object {
        const val SMALL = 16 shl 10
        const val LARGE = 1 shl 20
        const val DATAGRAM = 1000
        val PATIENCE = 2.seconds
    }
}
