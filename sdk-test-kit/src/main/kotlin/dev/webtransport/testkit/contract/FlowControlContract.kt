package dev.webtransport.testkit.contract

import dev.webtransport.config.Http3Config
import dev.webtransport.config.SessionCreditPolicy
import dev.webtransport.config.SessionFlowControlConfig
import dev.webtransport.config.StreamOptions
import dev.webtransport.error.SessionClosedException
import dev.webtransport.error.StreamLimitException
import dev.webtransport.error.StreamStoppedException
import dev.webtransport.session.SendStream
import dev.webtransport.session.SessionCredit
import dev.webtransport.session.SessionEvent
import dev.webtransport.session.WebTransportConnection
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.session.readExactly
import dev.webtransport.transport.QuicTransport
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Initiator
import dev.webtransport.value.StreamType
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.string.shouldContain
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import java.nio.ByteBuffer

/**
 * What session flow control promises, whatever the transport (draft-ietf-webtrans-http3-16, section 5).
 *
 * ```
 * class MyFlowControlSpec : FlowControlContract(SocketWorld("my engine") { MyTransport() })
 * ```
 */
public abstract class FlowControlContract(world: ContractWorld<QuicTransport>) : SessionSuite(world) {
    init {
        contract(
            "of two sessions on a connection one is starved of credit: the other runs at full speed, the starved one goes on after a grant",
        ) {
            peers(flow(), flow(manual { initialMaxData(1000) })) {
                val connection = client.openConnection(url())
                val starved = sessionOn(connection, "/starved")
                val running = sessionOn(connection, "/running")
                running.second.flowControl.grantData(LARGE + 1L)

                val blocked = async { starved.second.awaitBlocked(Initiator.REMOTE) }
                val writing = launch { starved.first.createUnidirectionalStream().use(bytes(5000)) }
                blocked.await().limit shouldBe 1000
                val incoming = starved.second.acceptUnidirectionalStream().shouldNotBeNull()
                incoming.readExactly(1000) shouldBe bytes(5000).array().copyOf(1000)

                val sending = launch { running.first.createUnidirectionalStream().use(bytes(LARGE)) }
                running.second
                    .acceptUnidirectionalStream()
                    .shouldNotBeNull()
                    .readExactly(LARGE) shouldBe bytes(LARGE).array()
                sending.join()

                writing.isCompleted shouldBe false
                starved.first.flowControl.local
                    .shouldNotBeNull()
                    .usedData shouldBe 1000
                starved.second.flowControl.grantData(5000) shouldBe true
                incoming.readAll(5000) shouldBe bytes(5000).array().copyOfRange(1000, 5000)
                writing.join()
                connection.close()
            }
        }

        contract("a window of 64 KiB moves 8 MiB in both directions without a stop") {
            val small = flow(automatic { initialMaxData(64 shl 10).window(64 shl 10) })
            peers(small, small) {
                val (client, server) = sessions()
                listOf(client to server, server to client).forEach { (from, to) ->
                    val sending = launch { from.createUnidirectionalStream().use(bytes(LARGE)) }
                    to
                        .acceptUnidirectionalStream()
                        .shouldNotBeNull()
                        .readExactly(LARGE) shouldBe bytes(LARGE).array()
                    sending.join()
                    from.flowControl.local
                        .shouldNotBeNull()
                        .usedData shouldBe LARGE
                }
            }
        }

        contract("many streams at once share a small window, and each arrives whole") {
            val small = flow(automatic { initialMaxData(10_000).window(10_000) })
            peers(small, small) {
                val (client, server) = sessions()
                coroutineScope {
                    repeat(STREAMS) { launch { client.createUnidirectionalStream().use(bytes(7_000)) } }
                    repeat(STREAMS) {
                        val stream = server.acceptUnidirectionalStream().shouldNotBeNull()
                        launch { stream.readAll(7_000) shouldBe bytes(7_000).array() }
                    }
                }
            }
        }

        contract("streams far beyond the initial limit go through, because those that are over come back") {
            val few = flow(automatic { initialMaxStreamsBidirectional(4).initialMaxStreamsUnidirectional(3) })
            peers(few, few) {
                val (client, server) = sessions()
                val echoing =
                    launch {
                        server.incomingBidirectionalStreams.collect { stream ->
                            stream.send.write(stream.receive.readAll(100))
                            stream.send.finish()
                        }
                    }
                repeat(200) { number ->
                    val stream = client.createBidirectionalStream()
                    stream.send.write(byteArrayOf(number.toByte()))
                    stream.send.finish()
                    stream.receive.readAll(10) shouldBe byteArrayOf(number.toByte())
                }
                echoing.cancelAndJoin()
                coroutineScope {
                    launch { repeat(200) { server.createUnidirectionalStream().use(bytes(3)) } }
                    repeat(200) {
                        client
                            .acceptUnidirectionalStream()
                            .shouldNotBeNull()
                            .readAll(3) shouldBe bytes(3).array()
                    }
                }
                client.flowControl.remote
                    .shouldNotBeNull()
                    .usedStreams(StreamType.UNIDIRECTIONAL) shouldBe 200
            }
        }

        contract("streams that are reset or stopped unread do not use credit up for good") {
            val small = flow(automatic { initialMaxData(20_000).window(20_000).initialMaxStreamsUnidirectional(2) })
            peers(small, small) {
                val (client, server) = sessions()
                repeat(30) { number ->
                    val stream = client.createUnidirectionalStream()
                    val sending = launch { runCatching { stream.write(bytes(9_000)) } }
                    val incoming = server.acceptUnidirectionalStream().shouldNotBeNull()
                    if (number % 2 == 0) incoming.stopSending(5) else stream.reset(7)
                    sending.join()
                    stream.reset(7)
                    shouldThrow<Exception> { incoming.readAll(10_000) }
                }
                val last = launch { client.createUnidirectionalStream().use(bytes(50_000)) }
                server
                    .acceptUnidirectionalStream()
                    .shouldNotBeNull()
                    .readAll(50_000) shouldBe bytes(50_000).array()
                last.join()
            }
        }

        contract("who waits for a stream gets it with the grant, who does not wait is told at once which credit is missing") {
            peers(flow(), flow(manual { initialMaxStreamsBidirectional(1) })) {
                val (client, server) = sessions()
                val first = client.createBidirectionalStream()
                shouldThrow<StreamLimitException> {
                    client.createBidirectionalStream(StreamOptions.defaults().withoutWaiting())
                }.message.orEmpty() shouldContain "session flow control"
                client.createUnidirectionalStream(StreamOptions.defaults().withoutWaiting()).finish()

                val order = mutableListOf<Int>()
                val waiting = List(3) { number ->
                    async(start = CoroutineStart.UNDISPATCHED) { client.createBidirectionalStream().also { order += number } }
                }
                server.awaitBlocked(Initiator.REMOTE).run {
                    credit shouldBe SessionCredit.BIDIRECTIONAL_STREAMS
                    limit shouldBe 1
                }
                for (limit in 2L..4L) {
                    server.flowControl.grantStreams(StreamType.BIDIRECTIONAL, limit) shouldBe true
                    waiting[(limit - 2).toInt()].await()
                }
                order shouldContainExactly listOf(0, 1, 2)
                server.flowControl.grantStreams(StreamType.BIDIRECTIONAL, 4) shouldBe false
                (waiting.map { it.await() } + first).forEach { it.send.reset() }
            }
        }

        contract("both ends are told who is blocked, and who may go on") {
            peers(flow(), flow(manual { initialMaxData(10) })) {
                val (client, server) = sessions()
                val atServer = async { server.awaitBlocked(Initiator.REMOTE) }
                val atClient = async { client.awaitBlocked(Initiator.LOCAL) }
                val raised = async { client.events.filterIsInstance<SessionEvent.CreditRaised>().first() }
                val writing = launch { client.createUnidirectionalStream().use(bytes(12)) }
                listOf(atServer.await(), atClient.await()).forEach {
                    it.credit shouldBe SessionCredit.DATA
                    it.limit shouldBe 10
                }
                server.flowControl.grantData(12)
                raised.await().limit shouldBe 12
                raised.await().credit shouldBe SessionCredit.DATA
                writing.join()
                server
                    .acceptUnidirectionalStream()
                    .shouldNotBeNull()
                    .readAll(12) shouldBe bytes(12).array()
            }
        }

        contract("a write that is cancelled while it waits for credit has taken what its buffer says") {
            peers(flow(), flow(manual { initialMaxData(40_000) })) {
                val (client, server) = sessions()
                val stream = client.createUnidirectionalStream()
                val data = bytes(100_000)
                val writing = launch { stream.write(data) }
                server.awaitBlocked(Initiator.REMOTE)
                writing.cancelAndJoin()
                data.position() shouldBe 40_000
                server.flowControl.grantData(200_000)
                val rest = launch {
                    stream.write(data)
                    stream.finish()
                }
                server
                    .acceptUnidirectionalStream()
                    .shouldNotBeNull()
                    .readAll(100_000) shouldBe bytes(100_000).array()
                rest.join()
                client.flowControl.local
                    .shouldNotBeNull()
                    .usedData shouldBe 100_000
            }
        }

        contract("a write that waits for credit hears of a stop, of a reset and of the end of the session") {
            peers(flow(), flow(manual { initialMaxData(1) })) {
                val (client, server) = sessions()
                val stopped = client.createUnidirectionalStream()
                val writing = async { runCatching { stopped.write(bytes(2)) } }
                server.acceptUnidirectionalStream().shouldNotBeNull().stopSending(9)
                shouldThrow<StreamStoppedException> { writing.await().getOrThrow() }

                val reset = client.createUnidirectionalStream()
                val cut = async(start = CoroutineStart.UNDISPATCHED) { runCatching { reset.write(bytes(2)) } }
                server.acceptUnidirectionalStream().shouldNotBeNull()
                reset.reset(3)
                shouldThrow<IllegalStateException> { cut.await().getOrThrow() }

                val last = client.createUnidirectionalStream()
                val lost = async(start = CoroutineStart.UNDISPATCHED) { runCatching { last.write(bytes(2)) } }
                server.acceptUnidirectionalStream().shouldNotBeNull()
                server.close(CloseInfo.of(4, "enough"))
                client.awaitClosed()
                when (val failure = lost.await().exceptionOrNull()) {
                    is SessionClosedException -> failure.closeInfo() shouldBe CloseInfo.of(4, "enough")

                    // The stop of the stream may overtake the close.
                    is StreamStoppedException -> Unit

                    else -> throw AssertionError("expected the end of the session, got $failure")
                }
                shouldThrow<SessionClosedException> { server.flowControl.grantData(99) }
            }
        }

        peersContract("without flow control there are no limits to tell and none to grant") {
            val (client, server) = sessions()
            listOf(client, server).forEach {
                it.flowControl.isNegotiated shouldBe false
                it.flowControl.local shouldBe null
                it.flowControl.remote shouldBe null
                shouldThrow<IllegalStateException> { it.flowControl.grantData(1) }.message.orEmpty() shouldContain "no flow control"
            }
        }

        contract("flow control takes two: with one end alone there is none, and one session at a time") {
            peers(flow(), Http3Config.defaults()) {
                val (client, server) = sessions()
                client.flowControl.isNegotiated shouldBe false
                server.flowControl.isNegotiated shouldBe false
            }
        }

        contract("automatic credit is not granted by hand") {
            peers(flow(), flow()) {
                val (client, _) = sessions()
                client.flowControl.isNegotiated shouldBe true
                shouldThrow<IllegalStateException> { client.flowControl.grantStreams(StreamType.BIDIRECTIONAL, 9) }
                    .message
                    .orEmpty() shouldContain "automatic"
            }
        }
    }

    private suspend fun ContractRun<QuicTransport>.peers(client: Http3Config, server: Http3Config, test: suspend Peers.() -> Unit) =
        peers({ http3(client) }, { http3(server) }, test)

    private suspend fun Peers.sessionOn(connection: WebTransportConnection, path: String): Pair<WebTransportSession, WebTransportSession> =
        coroutineScope {
            val accepting = async { server.acceptRequest().shouldNotBeNull().accept() }
            connection.createSession(path) to accepting.await()
        }

    private suspend fun WebTransportSession.awaitBlocked(initiator: Initiator): SessionEvent.Blocked =
        events.filterIsInstance<SessionEvent.Blocked>().first { it.initiator == initiator }

    /** Writes all of it and finishes. */
    private suspend fun SendStream.use(data: ByteBuffer) {
        write(data)
        finish()
    }

    private companion object {
        const val LARGE = 8 shl 20
        const val STREAMS = 40

        fun automatic(configure: SessionFlowControlConfig.Builder.() -> Unit = {}): SessionFlowControlConfig {
            return SessionFlowControlConfig.builder().apply(configure).build()
        }

        fun manual(configure: SessionFlowControlConfig.Builder.() -> Unit): SessionFlowControlConfig {
            return automatic { policy(SessionCreditPolicy.MANUAL).configure() }
        }

        fun flow(config: SessionFlowControlConfig = automatic()): Http3Config = Http3Config.builder().flowControl(config).build()
    }
}
