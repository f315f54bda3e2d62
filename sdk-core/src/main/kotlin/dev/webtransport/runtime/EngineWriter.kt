package dev.webtransport.runtime

import dev.webtransport.engine.http3.QuicOutput
import dev.webtransport.transport.QuicException
import dev.webtransport.transport.QuicSendStream
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/**
 * Writes what the engine says on one stream of its own, the control stream or a CONNECT stream, in order, at the pace at
 * which QUIC takes it.
 */
internal class EngineWriter(
    scope: CoroutineScope,
    private val stream: QuicSendStream,
    private val onFinished: () -> Unit,
    private val onFailure: suspend (QuicException) -> Unit,
) {
    private val queue = Channel<QuicOutput.SendStream>(MAX_QUEUED_WRITES)

    private val waiting = MutableStateFlow(0)

    /** Ends with the last write. */
    val job: Job = scope.launch { drain() }.also { it.invokeOnCompletion { waiting.value = 0 } }

    /** Queues one write; false when the peer has let too many pile up. */
    fun offer(output: QuicOutput.SendStream): Boolean {
        waiting.update { it + 1 }
        return queue.trySend(output).isSuccess.also { taken -> if (!taken) waiting.update { it - 1 } }
    }

    /** Waits until QUIC has taken everything that was queued, or will take nothing more. */
    suspend fun awaitDrained() {
        waiting.first { it <= 0 }
    }

    /** Drops what is queued: the stream was reset. */
    fun cancel() {
        queue.cancel()
        job.cancel()
    }

    private suspend fun drain() {
        try {
            for (output in queue) {
                if (output.data().hasRemaining()) stream.write(output.data())
                waiting.update { it - 1 }
                if (output.fin()) {
                    stream.finish()
                    queue.close()
                    onFinished()
                }
            }
        } catch (failed: QuicException) {
            queue.cancel()
            onFailure(failed)
        } catch (reset: IllegalStateException) {
            // This end reset the stream meanwhile: nothing is left to say on it.
            if (reset is CancellationException) throw reset
            queue.cancel()
        }
    }

    private companion object {
        /** Settings, a GOAWAY, a request or answer, a drain, a close: a peer that lets this many pile up reads nothing. */
        const val MAX_QUEUED_WRITES = 64
    }
}
