package dev.webtransport.runtime

import dev.webtransport.error.WebTransportException
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.value.CloseInfo
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.withTimeoutOrNull
import java.time.Duration
import kotlin.time.toKotlinDuration

/**
 * The close of a session that loses nothing: WT_CLOSE_SESSION makes the peer drop what it has not read
 * (draft-ietf-webtrans-http3-16, section 6), so it is sent only when the peer has read everything.
 *
 * What has to happen first: the streams end here; QUIC hears that what they carried has arrived, so that none of them is unknown
 * to the peer when it is asked; and the peer tells that it has no stream of the session any more.
 */
internal class GracefulClose(private val session: Http3Session, private val owner: Http3Connection) {
    private val peerQuiet = CompletableDeferred<Unit>()

    @Volatile
    private var begun = false

    @Volatile
    private var anyFinished = false

    /** Fails like the opening of a stream in a session that is on its way out. */
    fun throwIfBegun() {
        check(!begun) { "session ${session.id} is being closed gracefully; no stream can be opened in it any more" }
    }

    fun handleFinished() {
        anyFinished = true
    }

    fun handlePeerQuiet() {
        peerQuiet.complete(Unit)
    }

    suspend fun run(timeout: Duration, info: CloseInfo): Boolean {
        require(!timeout.isNegative) { "timeout $timeout is negative" }
        begun = true
        var delivered = false
        try {
            withTimeoutOrNull(timeout.toKotlinDuration()) {
                session.unlessEnded(release = {}) { awaitDelivery() }
                delivered = true
            }
        } catch (cancelled: CancellationException) {
            owner.end(session, info)
            throw cancelled
        } catch (_: WebTransportException) {
            // It has ended already, or was rejected, and close() only waits.
        }
        session.close(info)
        return delivered
    }

    private suspend fun awaitDelivery() {
        session.awaitReady()
        session.liveStreams.awaitNone()
        if (!anyFinished) return
        try {
            owner.quic.awaitAcknowledged()
        } catch (_: QuicConnectionException) {
            throw session.awaitEndException()
        }
        owner.turn { askForQuiet(session.id) }
        peerQuiet.await()
        // What the peer said last may still be being read here.
        session.liveStreams.awaitNone()
    }
}
