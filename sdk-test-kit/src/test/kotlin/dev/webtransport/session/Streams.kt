package dev.webtransport.session

import dev.webtransport.testkit.LoopbackOptions
import dev.webtransport.testkit.loopbackPair
import io.kotest.matchers.nulls.shouldNotBeNull
import kotlinx.coroutines.delay
import kotlinx.coroutines.test.TestScope

/** Both ends of one unidirectional stream of the client. */
internal class Ends(
    val send: SendStream,
    val receive: ReceiveStream,
)

/** A stream that has begun; its first byte, which made it show, was read. */
internal suspend fun TestScope.stream(configure: LoopbackOptions.() -> Unit = {}): Ends {
    val (client, server) = loopbackPair(configure)
    val send = client.createUnidirectionalStream()
    send.write(byteArrayOf(0))
    val receive = server.acceptUnidirectionalStream().shouldNotBeNull()
    check(receive.read(1).contentEquals(byteArrayOf(0))) { "the first byte is another one" }
    return Ends(send, receive)
}

/** Lets the other end see what was said. */
internal suspend fun settle() = delay(1)

internal suspend fun SendStream.write(text: String) = write(text.encodeToByteArray())

internal fun ByteArray?.text(): String? = this?.decodeToString()

/** What is held ahead of the reader. */
internal suspend fun ReceiveStream.held(): Int = peek(0).remaining()
