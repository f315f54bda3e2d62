package dev.webtransport.samples.echo

import dev.webtransport.error.SessionException
import dev.webtransport.error.StreamException
import dev.webtransport.error.StreamResetException
import dev.webtransport.error.StreamStoppedException
import dev.webtransport.session.BidirectionalStream
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.SendStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.use
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.supervisorScope
import java.nio.ByteBuffer

/**
 * Sends everything back until the session ends: bidirectional streams on themselves, a unidirectional stream on a new one,
 * datagrams as datagrams. Returns when the session is over, however it ended.
 *
 * How many streams are echoed at once is bounded by the credit that this end gives for incoming streams.
 */
internal suspend fun echo(session: WebTransportSession) {
    echoStreams(session, ::echo)
}

/** The same, with [onBidirectional] for each bidirectional stream of the peer. */
internal suspend fun echoStreams(session: WebTransportSession, onBidirectional: suspend (BidirectionalStream) -> Unit) {
    supervisorScope {
        val streams = this
        launch { each(session.incomingBidirectionalStreams) { streams.launch { unlessEnded { onBidirectional(it) } } } }
        launch { each(session.incomingUnidirectionalStreams) { streams.launch { unlessEnded { echo(session, it) } } } }
        launch { each(session.datagrams.incoming) { session.datagrams.send(it) } }
    }
}

/** Sends a stream back on itself, and hands on how it ends: a reset for a reset, a stop for a stop. */
internal suspend fun echo(stream: BidirectionalStream) {
    stream.use { copy(stream.receive, stream.send) }
}

private suspend fun echo(session: WebTransportSession, incoming: ReceiveStream) {
    session.createUnidirectionalStream().use { outgoing -> copy(incoming, outgoing) }
}

/** One buffer is all that a stream costs, however long it is: who does not read the echo is not read either. */
private suspend fun copy(from: ReceiveStream, to: SendStream) {
    val buffer = ByteBuffer.allocate(COPY_BUFFER)
    try {
        while (from.read(buffer) >= 0) {
            to.write(buffer.flip())
            buffer.clear()
        }
        to.finish()
    } catch (reset: StreamResetException) {
        to.reset(reset.errorCode ?: 0)
    } catch (stopped: StreamStoppedException) {
        from.stopSending(stopped.errorCode ?: 0)
    }
}

/** Collects until the session ends; an end that is not a clean one is told by the session, not by each of its flows. */
internal suspend fun <T> each(incoming: Flow<T>, action: suspend (T) -> Unit) {
    unlessEnded { incoming.collect { action(it) } }
}

/** Runs [block]; that the stream or its session ends under it is an end like any other. */
internal suspend fun unlessEnded(block: suspend () -> Unit) {
    try {
        block()
    } catch (_: SessionException) {
        // Reported once, by the session.
    } catch (_: StreamException) {
        // The peer abandoned this stream; the others go on.
    }
}

private const val COPY_BUFFER = 64 shl 10
