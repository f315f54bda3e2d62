package dev.webtransport.testkit.kotest

import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.SendStream
import dev.webtransport.testkit.LeakCheck
import dev.webtransport.testkit.LoopbackPair
import dev.webtransport.testkit.loopbackPair
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.matchers.nulls.shouldNotBeNull
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runTest

/** The first line of what an assertion says when it fails, and it must. */
internal suspend fun failureOf(assertion: suspend () -> Unit): String {
    return shouldThrow<AssertionError> { assertion() }
        .message
        .shouldNotBeNull()
        .lines()
        .first()
}

/** A test about assertions that fail: what they leave behind is not looked at. */
internal fun withPair(test: suspend TestScope.(LoopbackPair) -> Unit) {
    runTest { test(loopbackPair { leakCheck = LeakCheck.COROUTINES }) }
}

/** A stream from the client to the server, and its beginning. */
internal suspend fun LoopbackPair.streamWith(text: String): Pair<SendStream, ReceiveStream> {
    val sending = client.createUnidirectionalStream()
    sending.write(text.encodeToByteArray())
    return sending to server.acceptUnidirectionalStream().shouldNotBeNull()
}

/** A stream as both ends see it. */
internal suspend fun LoopbackPair.bidirectionalStream(): Pair<BidirectionalStream, BidirectionalStream> {
    val opened = client.createBidirectionalStream()
    opened.send.write(byteArrayOf(0))
    val accepted = server.acceptBidirectionalStream().shouldNotBeNull()
    accepted.receive.shouldReceive(byteArrayOf(0))
    return opened to accepted
}
