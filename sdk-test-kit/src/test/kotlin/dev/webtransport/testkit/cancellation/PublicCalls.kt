package dev.webtransport.testkit.cancellation

import dev.webtransport.client.withReconnect
import dev.webtransport.config.DatagramConfig
import dev.webtransport.config.SessionOptions
import dev.webtransport.config.SessionStart
import dev.webtransport.error.WebTransportException
import dev.webtransport.server.Router
import dev.webtransport.server.SessionRequest
import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.SessionEvent
import dev.webtransport.session.asFlow
import dev.webtransport.session.peekAll
import dev.webtransport.session.peekExactly
import dev.webtransport.session.peekLine
import dev.webtransport.session.peekUntil
import dev.webtransport.session.read
import dev.webtransport.session.readAll
import dev.webtransport.session.readExactly
import dev.webtransport.session.readLine
import dev.webtransport.session.readUntil
import dev.webtransport.session.use
import dev.webtransport.session.writeAll
import dev.webtransport.testkit.LoopbackOptions
import dev.webtransport.testkit.quic.Direction
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.nio.ByteBuffer
import java.nio.channels.Channels
import java.nio.file.Files
import java.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** The suspending functions of the public API, each in a way in which it waits. */
internal object PublicCalls {
    /** Those that are not called here, each with the reason. */
    val WITHOUT_WAITING = mapOf(
        "WebTransportServer.listen" to "binds sockets, which is the transport's business; the contracts of transports cancel that",
        "ServerDslKt.webTransportServer" to "the same, and then WebTransportServer.serve",
        "Router.handle" to "what WebTransportServer.serve calls; it waits for interceptors and handlers, as SessionChain.proceed does",
        "WebTransportConnection.statistics" to "waits for the event loop of a transport with one, which a loopback has not",
        "SessionInterceptor.intercept" to "written by applications; SessionChain.proceed calls it",
    )

    private val OPTIMISTIC = SessionOptions.builder().start(SessionStart.OPTIMISTIC).build()

    private const val MESSAGE = "first line\nthe rest of it"

    private val tiny: LoopbackOptions.() -> Unit = { tinyWindows() }

    val all: List<PublicCall> = sessions() + datagrams() + streams() + reads() + writes() + clientAndServer() + ends()

    private fun sessions() = listOf(
        PublicCall("WebTransportSession.createBidirectionalStream", settings = { quic { maxIncomingBidirectionalStreams(2) } }) {
            val (mine, theirs) = stream()
            Prepared(meanwhile = { listOf(mine, theirs).forEach(::abandon) }) { client.createBidirectionalStream().use { } }
        },
        PublicCall("WebTransportSession.createUnidirectionalStream", settings = { quic { maxIncomingUnidirectionalStreams(3) } }) {
            // Two beside the control stream.
            val mine = List(2) { client.createUnidirectionalStream().also { it.write(byteArrayOf(1)) } }
            val theirs = List(2) { server.acceptUnidirectionalStream().shouldNotBeNull() }
            val end = {
                mine.forEach { it.reset() }
                theirs.forEach { it.stopSending() }
            }
            Prepared(meanwhile = { end() }, afterwards = { end() }) { client.createUnidirectionalStream().use { } }
        },
        PublicCall("WebTransportSession.acceptBidirectionalStream") {
            Prepared(meanwhile = { openBidirectional() }) {
                server.acceptBidirectionalStream().shouldNotBeNull().let(::abandon)
            }
        },
        PublicCall("WebTransportSession.acceptUnidirectionalStream") {
            Prepared(meanwhile = { openUnidirectional() }) {
                server.acceptUnidirectionalStream().shouldNotBeNull().stopSending()
            }
        },
        PublicCall("WebTransportSession.getIncomingBidirectionalStreams") {
            Prepared(meanwhile = { openBidirectional() }) {
                abandon(server.incomingBidirectionalStreams.first())
            }
        },
        PublicCall("WebTransportSession.getIncomingUnidirectionalStreams") {
            Prepared(meanwhile = { openUnidirectional() }) {
                server.incomingUnidirectionalStreams.first().stopSending()
            }
        },
        PublicCall("WebTransportSession.getEvents") {
            Prepared(meanwhile = { client.drain() }) { server.events.first { it is SessionEvent.Draining } }
        },
        PublicCall("WebTransportSession.drain") { Prepared { client.drain() } },
        PublicCall("WebTransportSession.awaitDraining") { Prepared(meanwhile = { client.drain() }) { server.awaitDraining() } },
        PublicCall("WebTransportSession.awaitClosed", ends = true) {
            Prepared(meanwhile = { client.close() }, afterwards = { client.close() }) { server.awaitClosed() }
        },
        PublicCall("Datagrams.receive") {
            Prepared(meanwhile = { client.datagrams.send(byteArrayOf(5)) }) { server.datagrams.receive() shouldBe byteArrayOf(5) }
        },
        PublicCall("Datagrams.getIncoming") {
            Prepared(meanwhile = { client.datagrams.send(byteArrayOf(5)) }) { server.datagrams.incoming.first() shouldBe byteArrayOf(5) }
        },
    )

    private fun datagrams() = listOf(
        PublicCall("Datagrams.sendWhenRoom", settings = {
            quic {
                datagrams(
                    DatagramConfig
                        .builder()
                        .outgoingMaxBufferedDatagrams(1)
                        .outgoingQueueLength(1)
                        .build(),
                )
            }
            network(Direction.CLIENT_TO_SERVER) { latency(Duration.ofMillis(100)).bandwidth(100_000) }
        }) {
            Prepared { repeat(20) { client.datagrams.sendWhenRoom(ByteArray(1_000)) } }
        },
    )

    private fun streams() = listOf(
        PublicCall("SendStream.finish") {
            // The loopback takes FIN at once, but not before the preamble.
            val mine = client.createUnidirectionalStream()
            val received = CompletableDeferred<ByteArray>()
            Prepared(
                meanwhile = { received.complete(server.acceptUnidirectionalStream().shouldNotBeNull().readAll(1)) },
                afterwards = { received.await().size shouldBe 0 },
            ) { mine.finish() }
        },
        PublicCall("SendStream.awaitStopped") {
            val (mine, theirs) = stream()
            Prepared(meanwhile = { theirs.receive.stopSending(7) }) { mine.send.awaitStopped() shouldBe 7 }
        },
        PublicCall("BidirectionalStreamKt.use") {
            val (mine, theirs) = stream()
            Prepared(meanwhile = { theirs.send.write(byteArrayOf(1)) }) { mine.use { it.receive.read(ByteBuffer.allocate(1)) } }
        },
        PublicCall("SendStreamKt.use", settings = tiny) {
            val (mine, theirs) = stream()
            Prepared(meanwhile = { theirs.receive.readExactly(3_000) }) {
                mine.send.use {
                    it.write(ByteArray(3_000))
                    it.finish()
                }
            }
        },
    )

    /** A read that waits for a message in pieces; cancelled, it has taken nothing: the next one gets all of it. */
    private fun reading(name: String, read: suspend BidirectionalStream.() -> Unit) =
        PublicCall(name, settings = tiny) {
            val (mine, theirs) = stream()
            val writing = MESSAGE.encodeToByteArray()
            val send: suspend () -> Unit = {
                mine.send.write(writing)
                mine.send.finish()
            }
            var sending = false
            Prepared(
                meanwhile = {
                    sending = true
                    send()
                },
                afterwards = {
                    coroutineScope {
                        val rest = if (sending) null else launch { send() }
                        theirs.receive.readAll(writing.size).decodeToString() shouldBe MESSAGE
                        rest?.join()
                    }
                },
            ) { theirs.read() }
        }

    private fun reads() = listOf(
        PublicCall("ReceiveStream.read", settings = tiny) {
            val (mine, theirs) = stream()
            Prepared(meanwhile = { mine.send.write(byteArrayOf(3)) }) { theirs.receive.read(ByteBuffer.allocate(10)) shouldBe 1 }
        },
        reading("ReceiveStream.peek") { receive.peek(MESSAGE.length) },
        reading("PeeksKt.peekAll") { receive.peekAll(MESSAGE.length) },
        reading("PeeksKt.peekExactly") { receive.peekExactly(MESSAGE.length) },
        reading("PeeksKt.peekLine") { receive.peekLine(MESSAGE.length) },
        reading("PeeksKt.peekUntil") { receive.peekUntil("rest".encodeToByteArray(), MESSAGE.length) },
        reading("ReadsKt.readAll") { receive.readAll(MESSAGE.length) },
        reading("ReadsKt.readExactly") { receive.readExactly(MESSAGE.length) },
        reading("ReadsKt.readLine") { receive.readLine(MESSAGE.length) },
        reading("ReadsKt.readUntil") { receive.readUntil("rest".encodeToByteArray(), MESSAGE.length) },
        PublicCall("ReadsKt.read") {
            val (mine, theirs) = stream()
            Prepared(meanwhile = { mine.send.write(byteArrayOf(3)) }) { theirs.receive.read(10) shouldBe byteArrayOf(3) }
        },
        PublicCall("ReadsKt.asFlow") {
            val (mine, theirs) = stream()
            Prepared(meanwhile = {
                mine.send.write(byteArrayOf(3))
                mine.send.finish()
            }) {
                theirs.receive
                    .asFlow()
                    .toList()
                    .sumOf { it.size } shouldBe 1
            }
        },
    )

    /** A write that waits for a slow reader; cancelled, it has written a beginning of what it was given, and nothing else. */
    private fun writing(name: String, clock: Clock = Clock.VIRTUAL, write: suspend BidirectionalStream.(ByteArray) -> Unit) =
        PublicCall(name, clock = clock, settings = tiny) {
            val (mine, theirs) = stream()
            val data = ByteArray(3_000) { it.toByte() }
            val received = ByteArrayOutputStream()
            val read: suspend () -> Unit = { theirs.receive.asFlow().collect { received.write(it) } }
            Prepared(meanwhile = read, afterwards = {
                mine.send.finish()
                read()
                received.toByteArray() shouldBe data.copyOf(received.size())
            }) {
                mine.write(data)
                mine.send.finish()
            }
        }

    private fun writes() = listOf(
        writing("SendStream.write") { send.write(it) },
        writing("WriteAllKt.writeAll of an array") { send.writeAll(it, 700) },
        writing("WriteAllKt.writeAll of a buffer") { send.writeAll(ByteBuffer.wrap(it), 700) },
        writing("WriteAllKt.writeAll of a flow") { send.writeAll(flowOf(it.copyOf(1_000), it.copyOfRange(1_000, it.size))) },
        writing("WriteAllKt.writeAll of a channel", Clock.REAL) { send.writeAll(Channels.newChannel(ByteArrayInputStream(it)), 700) },
        writing("WriteAllKt.writeAll of a file", Clock.REAL) {
            val file = Files.createTempFile("cancelled", ".bin")
            try {
                Files.write(file, it)
                send.writeAll(file, 700)
            } finally {
                Files.delete(file)
            }
        },
    )

    private fun clientAndServer() = listOf(
        PublicCall("WebTransportClient.connect") {
            Prepared(meanwhile = { loopback.server.acceptRequest()?.accept() }, afterwards = { answerUntaken() }) {
                loopback.client.connect(loopback.url("/other")).close()
            }
        },
        PublicCall("Reconnect.withReconnect") {
            Prepared(meanwhile = { loopback.server.acceptRequest()?.accept() }, afterwards = { answerUntaken() }) {
                loopback.client.withReconnect(loopback.url("/other")) { delay(1) }
            }
        },
        PublicCall("WebTransportClient.connect of a session that is used at once") {
            Prepared(meanwhile = { loopback.server.acceptRequest()?.accept() }, afterwards = {
                answerUntaken()
                loopback.client.connections shouldBe listOf(client.connection)
            }) {
                loopback.client.connect(loopback.url("/other"), OPTIMISTIC).close()
            }
        },
        PublicCall("WebTransportSession.awaitReady") {
            val session = loopback.client.connect(loopback.url("/other"), OPTIMISTIC)
            // The request stays.
            Prepared(meanwhile = { loopback.server.acceptRequest()?.accept() }, afterwards = {
                session.awaitReady()
                session.close()
            }) {
                session.awaitReady()
                session.close()
            }
        },
        PublicCall("WebTransportClient.openConnection") { Prepared { loopback.client.openConnection(loopback.url()).close() } },
        PublicCall("WebTransportConnection.createSession") {
            val connection = loopback.client.openConnection(loopback.url())
            Prepared(meanwhile = { loopback.server.acceptRequest()?.accept() }, afterwards = {
                answerUntaken()
                connection.close()
            }) {
                connection.createSession("/other").close()
                connection.close()
            }
        },
        PublicCall("WebTransportServer.acceptRequest") {
            Prepared(meanwhile = { ask() }, afterwards = { answerUntaken() }) {
                loopback.server
                    .acceptRequest()
                    .shouldNotBeNull()
                    .reject()
            }
        },
        PublicCall("WebTransportServer.getRequests") {
            Prepared(meanwhile = { ask() }, afterwards = { answerUntaken() }) {
                loopback.server.requests
                    .first()
                    .reject()
            }
        },
        answering("SessionRequest.accept") { it.accept().close() },
        answering("SessionRequest.reject") { it.reject() },
        PublicCall("SessionChain.proceed", ends = true) {
            val router = Router().intercept { it.proceed() }.routeDefault { it.reject() }
            Prepared(meanwhile = { askAndClose() }, afterwards = { loopback.server.close() }) { loopback.server.serve(router) }
        },
        PublicCall("WebTransportServer.serve", ends = true) {
            Prepared(meanwhile = { askAndClose() }, afterwards = { loopback.server.close() }) { loopback.server.serve { it.reject() } }
        },
    )

    /** A call that answers a client's request; cancelled, the request may be unanswered still. */
    private fun answering(name: String, answer: suspend (SessionRequest) -> Unit) =
        PublicCall(name) {
            val asking = background.launch { ask() }
            val request = loopback.server.acceptRequest().shouldNotBeNull()
            Prepared(afterwards = { asking.cancelAndJoin() }) {
                answer(request)
                asking.join()
            }
        }

    private fun ends() = listOf(
        PublicCall("WebTransportSession.close", ends = true) { Prepared { client.close() } },
        PublicCall("WebTransportSession.closeGracefully", ends = true) {
            val (mine, theirs) = stream()
            mine.send.finish()
            val end: suspend () -> Unit = {
                theirs.receive.readAll(0)
                theirs.send.finish()
                mine.receive.readAll(0)
            }
            Prepared(meanwhile = end) { client.closeGracefully(Duration.ofSeconds(5)) }
        },
        PublicCall("WebTransportConnection.close", ends = true) { Prepared { client.connection.close() } },
        PublicCall("WebTransportConnection.awaitClosed", ends = true) {
            Prepared(
                meanwhile = { server.connection.close() },
                afterwards = { server.connection.close() },
            ) { client.connection.awaitClosed() }
        },
        PublicCall("WebTransportConnection.shutdown", ends = true) {
            Prepared(meanwhile = { client.close() }, afterwards = { client.close() }) { server.connection.shutdown(Duration.ofSeconds(5)) }
        },
        PublicCall("WebTransportServer.shutdown", ends = true) {
            Prepared(meanwhile = { client.close() }) { loopback.server.shutdown(Duration.ofSeconds(5)) }
        },
        PublicCall("WebTransportServer.awaitClosed", ends = true) {
            Prepared(meanwhile = { loopback.server.close() }, afterwards = { loopback.server.close() }) { loopback.server.awaitClosed() }
        },
        PublicCall("WebTransportClient.shutdown", ends = true) {
            Prepared(meanwhile = { server.close() }) { loopback.client.shutdown(Duration.ofSeconds(5)) }
        },
        PublicCall("WebTransportServer.close", ends = true) { Prepared { loopback.server.close() } },
        PublicCall("WebTransportClient.close", ends = true) { Prepared { loopback.client.close() } },
    )

    private fun abandon(stream: BidirectionalStream) {
        stream.send.reset()
        stream.receive.stopSending()
    }

    private suspend fun Scene.openBidirectional() {
        client.createBidirectionalStream().use {
            it.send.write(byteArrayOf(1))
            it.send.finish()
        }
    }

    private suspend fun Scene.openUnidirectional() {
        client.createUnidirectionalStream().use {
            it.write(byteArrayOf(1))
            it.finish()
        }
    }

    private suspend fun Scene.askAndClose() {
        coroutineScope {
            val asking = launch { ask() }
            delay(1.seconds)
            loopback.server.close()
            asking.join()
        }
    }

    private suspend fun Scene.ask() {
        try {
            loopback.client.connect(loopback.url("/asked")).close()
        } catch (_: WebTransportException) {
            // The answer is not what this is about.
        }
    }

    /** A request that came too late for the call that would have taken it. */
    private suspend fun Scene.answerUntaken() {
        while (true) (withTimeoutOrNull(1.milliseconds) { loopback.server.acceptRequest() } ?: break).reject()
    }
}
