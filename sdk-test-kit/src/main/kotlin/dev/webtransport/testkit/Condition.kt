package dev.webtransport.testkit

import kotlinx.coroutines.CompletableJob
import kotlinx.coroutines.Job
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive

/**
 * The lock around shared state, so that tests on several threads work too. Who waits is woken after the lock is left: a
 * coroutine that is resumed in place (Dispatchers.Unconfined) must not find the state half changed.
 *
 * Not reentrant by design: code that runs under the lock never takes it again.
 */
internal class Monitor {
    private var afterwards = ArrayList<() -> Unit>()

    inline fun <T> locked(block: () -> T): T {
        var actions: List<() -> Unit> = emptyList()
        try {
            synchronized(this) {
                try {
                    return block()
                } finally {
                    actions = drain()
                }
            }
        } finally {
            for (action in actions) action()
        }
    }

    /** Under the lock: [action] runs once it is left. */
    fun afterwards(action: () -> Unit) {
        afterwards.add(action)
    }

    private fun drain(): List<() -> Unit> {
        if (afterwards.isEmpty()) return emptyList()
        return afterwards.also { afterwards = ArrayList() }
    }
}

/**
 * Something that is waited for. A signal hands over nothing: who is woken looks again, under the lock, and takes what it
 * finds there. So a cancelled waiter cannot lose anything.
 */
internal class Condition(
    private val monitor: Monitor,
) {
    private var armed: CompletableJob? = null

    /** Under the lock: completes at the next [signal]. */
    fun arm(): Job {
        return armed ?: Job().also { armed = it }
    }

    /** Under the lock: wakes all who wait, in the order in which they came. */
    fun signal() {
        val waiting = armed ?: return
        armed = null
        monitor.afterwards { waiting.complete() }
    }
}

/** Tries [attempt] under the lock, again after each signal of [condition], until it answers something but null. */
internal suspend inline fun <T : Any> Monitor.await(condition: Condition, attempt: () -> T?): T {
    while (true) {
        currentCoroutineContext().ensureActive()
        val signalled = locked {
            val answer = attempt()
            if (answer != null) return answer
            condition.arm()
        }
        signalled.join()
    }
}
