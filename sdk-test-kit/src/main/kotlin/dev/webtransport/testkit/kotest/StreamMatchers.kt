package dev.webtransport.testkit.kotest

import dev.webtransport.error.StreamResetException
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.SendStream
import dev.webtransport.testkit.Awaited
import dev.webtransport.testkit.await
import dev.webtransport.testkit.shown
import java.nio.ByteBuffer
import kotlin.time.Duration

/** How much a failing assertion takes of what should not be there, to show it. */
private const val SHOWN_SURPLUS = 200

/** The most that is read while a reset is waited for. */
private const val MAX_BEFORE_RESET = 16 shl 20

private const val CHUNK = 16 shl 10

/** What a read answers at the clean end. */
private const val END = "the clean end of the stream"

/**
 * Asserts that these bytes come next. It takes them and nothing else: what comes behind them is left to the next read.
 *
 * Cancellation: what was read so far is lost.
 *
 * @param bytes at least one
 * @param timeout how long all of them may take; unless given an hour of virtual time, or ten seconds of real time
 * @throws AssertionError if others come, or too few; the message shows them, and what came then
 */
public suspend fun ReceiveStream.shouldReceive(bytes: ByteArray, timeout: Duration? = null) {
    require(bytes.isNotEmpty()) { "no bytes are always received; shouldReceiveNothingFor or shouldBeFinished may be meant" }
    expectBytes(bytes, timeout)
}

/** The same for a text in UTF-8. */
public suspend fun ReceiveStream.shouldReceive(text: String, timeout: Duration? = null) {
    shouldReceive(text.encodeToByteArray(), timeout)
}

/**
 * Asserts that these bytes come next, and then the clean end of the stream.
 *
 * Cancellation: what was read so far is lost.
 *
 * @param bytes all that is left of the stream; none is as [shouldBeFinished]
 * @param timeout how long all of it may take; unless given an hour of virtual time, or ten seconds of real time
 * @throws AssertionError if something else comes, or less, or more; the message shows it
 */
public suspend fun ReceiveStream.shouldReceiveAndFinish(bytes: ByteArray, timeout: Duration? = null) {
    expectBytes(bytes, timeout)
    expectEnd(timeout, if (bytes.isEmpty()) "" else "${bytes.shown()} and then ")
}

/** The same for a text in UTF-8. */
public suspend fun ReceiveStream.shouldReceiveAndFinish(text: String, timeout: Duration? = null) {
    shouldReceiveAndFinish(text.encodeToByteArray(), timeout)
}

/**
 * Asserts that the peer has finished the stream, or does so now, and that nothing is left to read.
 *
 * Cancellation: no byte is lost.
 *
 * @param timeout how long it may take; unless given an hour of virtual time, or ten seconds of real time
 * @throws AssertionError if the stream goes on, or does not end, or ends in another way
 */
public suspend fun ReceiveStream.shouldBeFinished(timeout: Duration? = null): Unit = expectEnd(timeout, before = "")

/**
 * Asserts that the peer resets the stream with this code. What it sent before is read and dropped, up to 16 MiB.
 *
 * Cancellation: what was read so far is lost.
 *
 * @param errorCode the code of the application, 0 to 2^32-1
 * @param timeout how long it may take; unless given an hour of virtual time, or ten seconds of real time
 * @throws AssertionError if the stream ends in another way, or not at all, or the code is another one
 */
public suspend fun ReceiveStream.shouldBeReset(errorCode: Long, timeout: Duration? = null) {
    var dropped = 0
    val awaited = await(timeout) {
        val chunk = ByteBuffer.allocate(CHUNK)
        var count = read(chunk.slice())
        while (count >= 0 && dropped <= MAX_BEFORE_RESET) {
            dropped += count
            count = read(chunk.slice())
        }
        if (count < 0) END else "ever more"
    }
    val reset = (awaited as? Awaited.Failed)?.failure as? StreamResetException
    if (reset != null && reset.errorCode == errorCode) return
    throw mismatch("stream $id", "a reset with code $errorCode", awaited, if (dropped == 0) "" else "$dropped bytes and then ")
}

/**
 * Asserts that nothing comes for a while: no byte, no end, no reset. The time passes.
 *
 * Cancellation: no byte is lost.
 *
 * @param duration how long, in virtual time if the test has it
 * @throws AssertionError if something comes; bytes are shown, and taken thereby, 200 at the most
 */
public suspend fun ReceiveStream.shouldReceiveNothingFor(duration: Duration) {
    val awaited = await(duration) { readSome(SHOWN_SURPLUS)?.shown() ?: END }
    if (awaited !is Awaited.Missing) throw mismatch("stream $id", "nothing for $duration", awaited)
}

/**
 * Asserts that the peer asks to send no more, with this code.
 *
 * Cancellation: nothing happens.
 *
 * @param errorCode the code of the application, 0 to 2^32-1
 * @param timeout how long it may take; unless given an hour of virtual time, or ten seconds of real time
 * @throws AssertionError if the peer does not, or this end has ended the stream, or the code is another one
 */
public suspend fun SendStream.shouldBeStopped(errorCode: Long, timeout: Duration? = null) {
    val expected = "a stop with code $errorCode"
    val awaited = await(timeout) { Stop(awaitStopped()) }
    if (awaited !is Awaited.Came || awaited.value.errorCode != errorCode) throw mismatch("stream $id", expected, awaited)
}

private class Stop(
    val errorCode: Long?,
) {
    override fun toString(): String = "a stop with ${describeCode(errorCode)}"
}

private suspend fun ReceiveStream.expectBytes(expected: ByteArray, timeout: Duration?) {
    val received = ByteBuffer.allocate(expected.size)
    val awaited = await(timeout) {
        var count = 0
        while (received.hasRemaining() && count >= 0) count = read(received)
        END
    }
    val actual = received.array().copyOf(received.position())
    if (actual.contentEquals(expected)) return
    val all = actual.size == expected.size
    val instead = if (all) Awaited.Came(actual.shown()) else awaited
    throw mismatch("stream $id", expected.shown(), instead, if (all || actual.isEmpty()) "" else "${actual.shown()} and then ")
}

private suspend fun ReceiveStream.expectEnd(timeout: Duration?, before: String) {
    val awaited = await(timeout) { readSome(SHOWN_SURPLUS)?.shown() }
    if (awaited is Awaited.Came && awaited.value == null) return
    throw mismatch("stream $id", before + END, awaited, before)
}

/** What a read gives; null at the clean end. */
private suspend fun ReceiveStream.readSome(limit: Int): ByteArray? {
    val some = ByteBuffer.allocate(limit)
    return if (read(some) < 0) null else some.array().copyOf(some.position())
}
