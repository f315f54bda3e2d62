package dev.webtransport.samples.interop

import dev.webtransport.value.CloseInfo
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.time.Duration

/**
 * How sessions ended, by the name that the client gave them. Remembers [CAPACITY] of them at most, and forgets the one
 * that was asked for or reported longest ago.
 */
internal class SessionEnds {
    private val ends =
        object : LinkedHashMap<String, CompletableDeferred<CloseInfo?>>(16, 0.75f, true) {
            override fun removeEldestEntry(eldest: MutableMap.MutableEntry<String, CompletableDeferred<CloseInfo?>>): Boolean {
                val full = size > CAPACITY
                if (full) eldest.value.complete(null)
                return full
            }
        }

    /** Remembers the end of a session; [info] is null when it was lost. The first report counts. */
    fun report(name: String, info: CloseInfo?) {
        of(name).complete(info)
    }

    /** Waits until the end of a session is known; null when it was lost, or is not known within [timeout]. */
    suspend fun await(name: String, timeout: Duration): CloseInfo? {
        val end = of(name)
        return withTimeoutOrNull(timeout) { end.await() }
    }

    private fun of(name: String): CompletableDeferred<CloseInfo?> {
        synchronized(ends) {
            return ends.getOrPut(name) { CompletableDeferred() }
        }
    }

    companion object {
        const val CAPACITY = 1024
        const val LONGEST_NAME = 128
    }
}
