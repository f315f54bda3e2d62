package dev.webtransport.testkit.kotest

import dev.webtransport.session.Datagrams
import dev.webtransport.testkit.Awaited
import dev.webtransport.testkit.await
import dev.webtransport.testkit.shown
import kotlin.time.Duration

/** Why no datagram comes any more, where that is no failure. */
private const val END = "the end of the session"

/**
 * Asserts that the next datagram has these bytes. It takes this one and no other.
 *
 * Cancellation: no datagram is lost.
 *
 * @param bytes all of the datagram; none is a datagram, too
 * @param timeout how long it may take; unless given an hour of virtual time, or ten seconds of real time
 * @throws AssertionError if another one comes, or none
 */
public suspend fun Datagrams.shouldReceive(bytes: ByteArray, timeout: Duration? = null) {
    val awaited = await(timeout) { receive() }
    if (awaited is Awaited.Came && awaited.value.contentEquals(bytes)) return
    throw mismatch("datagrams", bytes.shown(), awaited.shown())
}

/** The same for a text in UTF-8. */
public suspend fun Datagrams.shouldReceive(text: String, timeout: Duration? = null) {
    shouldReceive(text.encodeToByteArray(), timeout)
}

/**
 * Asserts that no datagram comes for a while, and that one still could. The time passes.
 *
 * Cancellation: no datagram is lost.
 *
 * @param duration how long, in virtual time if the test has it
 * @throws AssertionError if one comes, which is taken thereby, or the session ends
 */
public suspend fun Datagrams.shouldReceiveNothingFor(duration: Duration) {
    val awaited = await(duration) { receive() }
    if (awaited !is Awaited.Missing) throw mismatch("datagrams", "none for $duration", awaited.shown())
}

private fun Awaited<ByteArray?>.shown(): Awaited<String> {
    return when (this) {
        is Awaited.Came -> Awaited.Came(value?.shown() ?: END)
        is Awaited.Failed -> this
        is Awaited.Missing -> this
    }
}
