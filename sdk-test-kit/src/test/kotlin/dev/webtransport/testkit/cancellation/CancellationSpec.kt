package dev.webtransport.testkit.cancellation

import dev.webtransport.error.StreamException
import dev.webtransport.error.TransportUnavailableException
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.testkit.loopback
import io.kotest.assertions.withClue
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.booleans.shouldBeTrue
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.nulls.shouldNotBeNull
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withTimeoutOrNull
import java.nio.file.Files
import java.nio.file.Path
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/**
 * Every suspending function of the public API is cancelled at each of its suspensions, both when it has begun to wait and when it
 * is about to go on. Afterwards nothing is left of it, what it promised holds, and the session works.
 */
class CancellationSpec :
    FunSpec({
        for (call in PublicCalls.all) {
            test("${call.name} may be cancelled wherever it waits") {
                for (moment in Moment.entries) {
                    var suspensions = 0
                    while (interrupt(call, moment, suspensions + 1)) suspensions++
                    withClue("suspensions, $moment") { suspensions shouldBeGreaterThan 0 }
                }
            }
        }

        test("no suspending function of the public API is left out") {
            val called = PublicCalls.all.map { it.name.substringBefore(' ') }.toSet()
            val left = suspendingFunctions() - called - PublicCalls.WITHOUT_WAITING.keys
            withClue("neither called nor named as one that cannot wait: $left") { left.shouldBeEmpty() }
        }
    })

/** Makes the call once, cancelled at a suspension; false if it had come to its end before. */
private fun interrupt(call: PublicCall, moment: Moment, number: Int): Boolean {
    var interrupted = false
    withClue("cancelled at suspension $number, $moment") {
        runTest {
            val scene = scene(call)
            val prepared = call.prepare(scene)
            val interrupter = Interrupter(StandardTestDispatcher(testScheduler), number, moment)
            val calling = launch(interrupter, CoroutineStart.LAZY) { prepared.call() }
            interrupter.call = calling
            calling.start()
            val peer = launch { prepared.play() }
            withClue("the call returns") { call.clock.atMost(1.minutes) { calling.join() }.shouldNotBeNull() }
            interrupted = interrupter.hasInterrupted
            if (interrupted) prepared.afterwards()
            peer.cancelAndJoin()
            if (call.ends) scene.shouldHaveEnded() else scene.shouldWork()
        }
    }
    return interrupted
}

/** The peer's part; it may find the call's end of a stream given up, or its request. */
private suspend fun Prepared.play() {
    try {
        meanwhile()
    } catch (_: StreamException) {
        // What the caller promises is looked at afterwards.
    } catch (_: TransportUnavailableException) {
        // The same.
    }
}

private suspend fun TestScope.scene(call: PublicCall): Scene {
    val loopback = loopback(call.settings)
    return coroutineScope {
        val accepting = async {
            loopback.server
                .acceptRequest()
                .shouldNotBeNull()
                .accept()
        }
        val client = loopback.client.openConnection(loopback.url()).createSession("/")
        Scene(loopback, client, accepting.await(), backgroundScope)
    }
}

private suspend fun Scene.shouldWork() {
    abandonStreams()
    abandonUntaken(client)
    abandonUntaken(server)
    withTimeoutOrNull(10.seconds) {
        client.datagrams.sendWhenRoom(byteArrayOf(7))
        // Others may be on their way still.
        server.datagrams.incoming.first { it.contentEquals(byteArrayOf(7)) }
        coroutineScope {
            val echo = async {
                val stream = server.acceptBidirectionalStream().shouldNotBeNull()
                stream.send.write(stream.receive.readAll(ECHOED))
                stream.send.finish()
            }
            val stream = client.createBidirectionalStream()
            stream.send.write(ByteArray(ECHOED))
            stream.send.finish()
            stream.receive.readAll(ECHOED).size shouldBe ECHOED
            echo.await()
        }
    }.shouldNotBeNull()
}

private suspend fun Scene.shouldHaveEnded() {
    withTimeoutOrNull(10.seconds) {
        runCatching { client.awaitClosed() }
        runCatching { server.awaitClosed() }
    }.shouldNotBeNull()
}

/** A call that was cancelled too late may have let a stream or a datagram through. */
private suspend fun abandonUntaken(session: WebTransportSession) {
    while (true) {
        val stream = withTimeoutOrNull(1.milliseconds) { session.acceptBidirectionalStream() } ?: break
        stream.send.reset()
        stream.receive.stopSending()
    }
    while (true) {
        val stream = withTimeoutOrNull(1.milliseconds) { session.acceptUnidirectionalStream() } ?: break
        stream.stopSending()
    }
    while (true) withTimeoutOrNull(1.milliseconds) { session.datagrams.receive() } ?: break
}

/** `Owner.function` of all that wait, and `Owner.getFlow` of all flows, in the packages that applications use. */
private fun suspendingFunctions(): Set<String> {
    val found = sortedSetOf<String>()
    var owner: String? = null
    for (line in Files.readAllLines(Path.of("../sdk-core/api/sdk-core.api"))) {
        val type = TYPE.find(line)
        if (type != null) owner = type.groupValues[1].takeIf { PACKAGES.any(it::startsWith) }
        val function = FUNCTION.find(line) ?: continue
        val waits = "Lkotlin/coroutines/Continuation;)" in line || line.endsWith(")Lkotlinx/coroutines/flow/Flow;")
        val name = function.groupValues[1]
        if (waits) owner?.let { found += "${it.substringAfterLast('/').substringBefore('$')}.$name" }
    }
    (found.size > 30).shouldBeTrue()
    return found
}

private val TYPE = Regex("^public .*?class ([\\w/$]+)")
private val FUNCTION = Regex("^\\tpublic .*?fun (\\w+) \\(")
private val PACKAGES = listOf("dev/webtransport/client/", "dev/webtransport/server/", "dev/webtransport/session/")
private const val ECHOED = 5_000
