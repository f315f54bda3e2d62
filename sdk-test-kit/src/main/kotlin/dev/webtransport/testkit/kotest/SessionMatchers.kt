package dev.webtransport.testkit.kotest

import dev.webtransport.error.SessionClosedException
import dev.webtransport.error.SessionException
import dev.webtransport.error.SessionTimedOutException
import dev.webtransport.session.SessionState
import dev.webtransport.session.WebTransportSession
import dev.webtransport.testkit.Awaited
import dev.webtransport.testkit.await
import dev.webtransport.value.CloseInfo
import kotlin.time.Duration

/**
 * Asserts that the session is closed with this code and reason, by either end.
 *
 * Cancellation: nothing happens.
 *
 * @param code the code of the application, 0 to 2^32-1
 * @param reason the reason of the application; empty for none
 * @param timeout how long it may take; unless given an hour of virtual time, or ten seconds of real time
 * @throws AssertionError if it is closed in another way, or lost, or not closed at all
 */
public suspend fun WebTransportSession.shouldBeClosedWith(code: Long, reason: String = "", timeout: Duration? = null) {
    val expected = CloseInfo.of(code, reason)
    val awaited = await(timeout) { awaitClosed() }
    if (awaited is Awaited.Came && awaited.value == expected) return
    throw unexpected("a close with $expected", if (awaited is Awaited.Came) Awaited.Came("a close with ${awaited.value}") else awaited)
}

/**
 * Asserts that the session ends without having been closed: the connection was lost, nothing was heard for the idle timeout, or
 * an end broke the protocol.
 *
 * Cancellation: nothing happens.
 *
 * @param timeout how long it may take; unless given an hour of virtual time, or ten seconds of real time
 * @return how it ended
 * @throws AssertionError if it is closed, or does not end
 */
public suspend fun WebTransportSession.shouldBeLost(timeout: Duration? = null): SessionException = loss("the loss of the session", timeout)

/**
 * Asserts that the session ends because nothing was heard from the peer for the idle timeout.
 *
 * Cancellation: nothing happens.
 *
 * @param timeout how long it may take; unless given an hour of virtual time, or ten seconds of real time
 * @return how it ended
 * @throws AssertionError if it ends in another way, or not at all
 */
public suspend fun WebTransportSession.shouldTimeOut(timeout: Duration? = null): SessionTimedOutException {
    val expected = "the idle timeout"
    val lost = loss(expected, timeout)
    return lost as? SessionTimedOutException ?: throw unexpected(expected, Awaited.Failed(lost))
}

/**
 * Asserts that the peer asks to bring the session to its end, or has done so.
 *
 * Cancellation: nothing happens.
 *
 * @param timeout how long it may take; unless given an hour of virtual time, or ten seconds of real time
 * @throws AssertionError if it does not, or the session ends first
 */
public suspend fun WebTransportSession.shouldBeDraining(timeout: Duration? = null) {
    val awaited = await(timeout) { awaitDraining() }
    if (awaited !is Awaited.Came) throw unexpected("the peer to ask for the end of the session", awaited)
}

private suspend fun WebTransportSession.loss(expected: String, timeout: Duration?): SessionException {
    val awaited = await(timeout) { "a close with ${awaitClosed()}" }
    val failure = (awaited as? Awaited.Failed)?.failure
    return if (failure is SessionException && failure !is SessionClosedException) failure else throw unexpected(expected, awaited)
}

private fun WebTransportSession.unexpected(expected: String, instead: Awaited<*>): AssertionError {
    val end = perspective.name.lowercase()
    val now = if (state.value == SessionState.CLOSED) "" else ", which is ${state.value}"
    return mismatch("session $id at the $end$now", expected, instead)
}
