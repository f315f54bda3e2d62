package dev.webtransport.testkit.cancellation

import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.testkit.Loopback
import dev.webtransport.testkit.LoopbackOptions
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration

/**
 * One suspending function of the public API, called in a way in which it has to wait.
 *
 * @param name what it is, as `Owner.function` of the ABI dump, and which one if there are several
 * @param ends whether the call ends the session it is made in, cancelled or not
 * @param clock by which the call makes progress
 * @param settings what client, server and network must be like
 * @param prepare makes the call possible
 */
internal class PublicCall(
    val name: String,
    val ends: Boolean = false,
    val clock: Clock = Clock.VIRTUAL,
    val settings: LoopbackOptions.() -> Unit = {},
    val prepare: suspend Scene.() -> Prepared,
) {
    override fun toString(): String = name
}

/** What a call waits by, when it waits too long. */
internal enum class Clock {
    /** Everything happens in the test's own time, which runs on while all wait. */
    VIRTUAL {
        override suspend fun <T : Any> atMost(limit: Duration, block: suspend () -> T): T? = withTimeoutOrNull(limit) { block() }
    },

    /** Threads of the system are waited for. */
    REAL {
        override suspend fun <T : Any> atMost(limit: Duration, block: suspend () -> T): T? =
            withContext(Dispatchers.Default) { withTimeoutOrNull(limit) { block() } }
    }, ;

    abstract suspend fun <T : Any> atMost(limit: Duration, block: suspend () -> T): T?
}

/**
 * A call that can be made.
 *
 * @param meanwhile what the peer does, so that the call comes to its end when nobody cancels it
 * @param afterwards what must hold when the call was cancelled; [call] may be made again there
 */
internal class Prepared(
    val meanwhile: suspend () -> Unit = {},
    val afterwards: suspend () -> Unit = {},
    val call: suspend () -> Unit,
)

/** Where a call is made: both ends of a session, and streams between them. */
internal class Scene(
    val loopback: Loopback,
    val client: WebTransportSession,
    val server: WebTransportSession,
    /** What goes on beside the call. */
    val background: CoroutineScope,
) {
    private val streams = mutableListOf<BidirectionalStream>()

    /** A stream with both ends known: the client's, the server's. */
    suspend fun stream(): Pair<BidirectionalStream, BidirectionalStream> {
        val mine = client.createBidirectionalStream().also(streams::add)
        mine.send.write(byteArrayOf(FIRST))
        val theirs = checkNotNull(server.acceptBidirectionalStream()).also(streams::add)
        check(theirs.receive.peek(1).get() == FIRST)
        theirs.receive.skip(1)
        return mine to theirs
    }

    /** Gives up every stream of the scene. */
    fun abandonStreams() {
        for (stream in streams) {
            stream.send.reset()
            stream.receive.stopSending()
        }
    }

    private companion object {
        const val FIRST: Byte = 1
    }
}
