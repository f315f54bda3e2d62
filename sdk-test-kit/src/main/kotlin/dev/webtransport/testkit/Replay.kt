package dev.webtransport.testkit

import dev.webtransport.testkit.quic.FrameListener
import dev.webtransport.testkit.trace.Trace
import dev.webtransport.testkit.trace.TraceOptions
import java.util.TreeMap

/** Where the chances of a test come from, and how to have them again. */
internal object Replay {
    /** Gives all tests that ask for no seed of their own this one. */
    const val SEED_PROPERTY = "webtransport.seed"

    /** The seed of the system property if it is set, else another one each time. */
    @JvmStatic
    fun nextSeed(): Long {
        val given = System.getProperty(SEED_PROPERTY) ?: return System.nanoTime()
        return requireNotNull(given.toLongOrNull()) { "the system property $SEED_PROPERTY is \"$given\", which is no number" }
    }

    /** How to run a test again with the same chances, and what was said in it. */
    @JvmStatic
    fun note(seed: Long, traces: Traces): String = "seed $seed; -D$SEED_PROPERTY=$seed runs it again$traces"
}

/** What is said on each connection of a loopback, by their numbers. For any thread. */
internal class Traces(
    private val options: TraceOptions,
) {
    private val all = TreeMap<Long, Trace>()

    /** A listener for a new connection. */
    fun begin(number: Long): FrameListener = Trace(options).also { synchronized(all) { all[number] = it } }

    /**
     * What was said on one connection.
     *
     * @throws NoSuchElementException if there was none of that number
     */
    fun of(number: Int): Trace {
        return synchronized(all) {
            all[number.toLong()] ?: throw NoSuchElementException("there was no connection $number; there were ${all.size}")
        }
    }

    /** Each on lines of its own, behind a line that names the connection. */
    override fun toString(): String {
        return synchronized(all) { all.entries.joinToString("") { (number, trace) -> "\nconnection $number:\n$trace" } }
    }
}

/** Says below the failure of a test, as suppressed, how to run it again with the same chances. */
internal class ReplayNote(
    message: String,
) : AssertionError(message) {
    override fun fillInStackTrace(): Throwable = this
}
