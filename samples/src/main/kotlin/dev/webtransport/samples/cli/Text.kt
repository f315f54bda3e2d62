package dev.webtransport.samples.cli

import picocli.CommandLine.Model.CommandSpec
import picocli.CommandLine.ParameterException
import java.util.Locale
import kotlin.time.Duration
import kotlin.time.DurationUnit

/** What a peer sent, safe to show: characters that command a terminal are shown by their number. */
internal fun printable(text: String): String =
    buildString {
        for (char in text) {
            if (char.isISOControl() && char != '\n' && char != '\t') append("\\u%04x".format(char.code)) else append(char)
        }
    }

/** A length of time with its unit, three digits at least. */
internal fun Duration.forPeople(): String {
    val (unit, name) =
        when {
            this < SECOND -> DurationUnit.MILLISECONDS to "ms"
            else -> DurationUnit.SECONDS to "s"
        }
    return String.format(Locale.ROOT, "%.2f %s", toDouble(unit), name)
}

/** Refuses what is no port. */
internal fun requirePort(spec: CommandSpec, flag: String, port: Int) {
    if (port !in 0..MAX_PORT) throw ParameterException(spec.commandLine(), "$flag must be 0 to $MAX_PORT, not $port")
}

private val SECOND = Duration.parse("1s")
private const val MAX_PORT = 65_535
