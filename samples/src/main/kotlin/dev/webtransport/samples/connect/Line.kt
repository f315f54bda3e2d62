package dev.webtransport.samples.connect

import dev.webtransport.value.CloseInfo

/** What a typed line asks for. */
internal sealed interface Line {
    class Stream(val text: String) : Line

    class Unidirectional(val text: String) : Line

    class Datagram(val text: String) : Line

    class Close(val info: CloseInfo) : Line

    class Mistake(val message: String) : Line

    data object Help : Line

    data object Empty : Line

    companion object {
        const val HELP =
            "  TEXT                    send it on a new bidirectional stream and print the answer\n" +
                "  /stream TEXT            the same, also for text that begins with a slash\n" +
                "  /uni TEXT               send it on a new unidirectional stream\n" +
                "  /dgram TEXT             send it as a datagram\n" +
                "  /close [CODE] [REASON]  close the session; code 0 if none is given\n" +
                "  /help                   show this"

        fun parse(line: String): Line {
            if (line.isEmpty()) return Empty
            if (!line.startsWith("/")) return Stream(line)
            val word = line.substringBefore(' ')
            val rest = line.substringAfter(' ', "")
            return when (word) {
                "/stream" -> Stream(rest)
                "/uni" -> Unidirectional(rest)
                "/dgram" -> Datagram(rest)
                "/close" -> close(rest.trim())
                "/help" -> Help
                else -> Mistake("unknown command $word; /help lists all, /stream sends text that begins with a slash")
            }
        }

        private fun close(arguments: String): Line {
            if (arguments.isEmpty()) return Close(CloseInfo.NORMAL)
            val number = arguments.substringBefore(' ')
            val code = number.toLongOrNull() ?: return Mistake("\"$number\" is not a close code; write /close 0 reason")
            return try {
                Close(CloseInfo.of(code, arguments.substringAfter(' ', "").trim()))
            } catch (mistake: IllegalArgumentException) {
                Mistake(mistake.message ?: "not a close code")
            }
        }
    }
}
