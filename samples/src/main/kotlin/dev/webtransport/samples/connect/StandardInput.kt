package dev.webtransport.samples.connect

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.channels.onFailure
import kotlinx.coroutines.channels.trySendBlocking
import kotlin.concurrent.thread

/**
 * The lines of standard input; closed at its end. Reading it cannot be interrupted, so that a thread of its own does it, one
 * line ahead at most, and does not keep the process alive.
 */
internal fun standardInput(): ReceiveChannel<String> {
    val lines = Channel<String>(Channel.RENDEZVOUS)
    val input = System.`in`.bufferedReader()
    thread(name = "wt-standard-input", isDaemon = true) {
        input.useLines { all ->
            for (line in all) {
                lines.trySendBlocking(line).onFailure { return@thread }
            }
        }
        lines.close()
    }
    return lines
}
