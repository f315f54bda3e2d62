package dev.webtransport.session

import dev.webtransport.session.LogContext.CONNECTION
import dev.webtransport.session.LogContext.SESSION
import kotlinx.coroutines.ThreadContextElement
import org.slf4j.MDC
import org.slf4j.helpers.NOPMDCAdapter
import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext
import kotlin.coroutines.EmptyCoroutineContext

/**
 * Which connection and which session a log line is about, in the mapped diagnostic context (MDC) of SLF4J: under [CONNECTION]
 * the [WebTransportConnection.id], under [SESSION] the [WebTransportSession.id], both decimal. A layout shows them by these names,
 * in Logback as `%X{webtransport.connection}`.
 *
 * Log lines of the SDK have them where they are known, and so has whatever the coroutine of a handler logs that a server
 * runs: [dev.webtransport.server.WebTransportServer.serve] with its interceptors. Elsewhere, on a client for one,
 * `withContext(LogContext.of(session)) { }` puts them in. Lines of a QUIC engine know no connection of this SDK; they name
 * the peer's address.
 *
 * Other keys are left alone. Where the logging backend has no MDC, nothing is done, and it costs nothing.
 */
public object LogContext {
    /** The key of the [WebTransportConnection.id]. */
    public const val CONNECTION: String = "webtransport.connection"

    /** The key of the [WebTransportSession.id]. */
    public const val SESSION: String = "webtransport.session"

    /** For coroutines that work for [session]: wherever they run, what they log names it. */
    @JvmStatic
    public fun of(session: WebTransportSession): CoroutineContext = of(session.connection.id, session.id)

    internal fun of(connection: Long, session: Long): CoroutineContext =
        if (isKept) Named(connection.toString(), session.toString()) else EmptyCoroutineContext

    /** Runs [block], which only logs, for a connection. */
    internal inline fun around(connection: Long, block: () -> Unit) {
        if (!isKept) return block()
        val before = MDC.get(CONNECTION)
        MDC.put(CONNECTION, connection.toString())
        try {
            block()
        } finally {
            restore(CONNECTION, before)
        }
    }

    /** Whether the logging backend keeps what is put in. */
    private val isKept: Boolean get() = MDC.getMDCAdapter().let { it != null && it !is NOPMDCAdapter }

    private fun restore(key: String, before: String?) {
        if (before == null) MDC.remove(key) else MDC.put(key, before)
    }

    /** What stood there before a coroutine was resumed on a thread. */
    private class Before(val connection: String?, val session: String?)

    private class Named(private val connection: String, private val session: String) :
        AbstractCoroutineContextElement(Named),
        ThreadContextElement<Before?> {
        override fun updateThreadContext(context: CoroutineContext): Before? {
            val connectionBefore = MDC.get(CONNECTION)
            val sessionBefore = MDC.get(SESSION)
            MDC.put(CONNECTION, connection)
            MDC.put(SESSION, session)
            return if (connectionBefore == null && sessionBefore == null) null else Before(connectionBefore, sessionBefore)
        }

        override fun restoreThreadContext(context: CoroutineContext, oldState: Before?) {
            restore(CONNECTION, oldState?.connection)
            restore(SESSION, oldState?.session)
        }

        companion object Key : CoroutineContext.Key<Named>
    }
}
