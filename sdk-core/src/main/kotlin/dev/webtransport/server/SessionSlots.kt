package dev.webtransport.server

import java.util.concurrent.atomic.AtomicInteger

/** How many sessions a server still takes. Requests that wait for their answer count, as each may become one. */
internal class SessionSlots(private val limit: Int) {
    private val taken = AtomicInteger()

    fun tryTake(): Boolean {
        if (taken.incrementAndGet() <= limit) return true
        taken.decrementAndGet()
        return false
    }

    fun giveBack() {
        taken.decrementAndGet()
    }
}
