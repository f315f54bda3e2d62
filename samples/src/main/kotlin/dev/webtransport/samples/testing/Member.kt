package dev.webtransport.samples.testing

import dev.webtransport.session.WebTransportSession
import dev.webtransport.value.CloseInfo
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.channels.Channel

/** Somebody in the room. */
internal class Member(
    val name: String,
    val session: WebTransportSession,
) {
    private val lines = Channel<String>(MAX_WAITING)
    private val tooSlow = CompletableDeferred<Unit>()

    /** Never waits: who does not read must not make the others wait. */
    fun tell(line: String) {
        if (lines.trySend(line).isFailure) tooSlow.complete(Unit)
    }

    suspend fun writeFeed() {
        val feed = session.createUnidirectionalStream()
        for (line in lines) feed.write("$line\n".toByteArray())
    }

    suspend fun leaveIfTooSlow() {
        tooSlow.await()
        session.close(CloseInfo.of(ChatServer.TOO_SLOW, "you read too slowly"))
    }

    private companion object {
        /** So many lines wait for a member who does not read. */
        const val MAX_WAITING = 100
    }
}
