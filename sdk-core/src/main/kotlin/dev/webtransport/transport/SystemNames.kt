package dev.webtransport.transport

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runInterruptible
import java.net.InetAddress

/** The names of the internet, as the system resolves them. */
internal object SystemNames {
    /** Never empty: the JDK throws an UnknownHostException instead. */
    suspend fun resolve(host: String): List<InetAddress> {
        if (isLiteral(host)) return listOf(InetAddress.getByName(host))
        // Name resolution blocks: the JDK offers no other (docs/adr/0004).
        return runInterruptible(Dispatchers.IO) { InetAddress.getAllByName(host).toList() }
    }

    /** A literal is parsed without asking anybody, so without leaving the caller's thread. */
    private fun isLiteral(host: String): Boolean = host.contains(':') || host.all { it.isDigit() || it == '.' }
}
