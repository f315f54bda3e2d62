package dev.webtransport.server

import java.io.ByteArrayOutputStream
import java.io.PrintStream

/** What one [logger] of SLF4J's simple binding writes to the error stream, or all of them if it is empty, until this is closed. */
internal class LogLines(private val logger: String) : AutoCloseable {
    private val bytes = ByteArrayOutputStream()
    private val before = System.err

    init {
        System.setErr(PrintStream(bytes, true, Charsets.UTF_8))
    }

    val text: String get() = bytes
        .toString(Charsets.UTF_8)
        .lines()
        .filter { logger in it }
        .joinToString("\n")

    override fun close() {
        System.setErr(before)
    }
}
