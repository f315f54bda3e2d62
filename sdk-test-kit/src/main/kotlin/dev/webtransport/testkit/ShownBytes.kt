@file:JvmName("ShownBytes")

package dev.webtransport.testkit

import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException

/** More is not looked at by anybody. */
private const val MAX_SHOWN = 200

/** Bytes as people compare them: as text where they are text, else in hexadecimal; and how many. */
internal fun ByteArray.shown(): String {
    val text = textOrNull()
    val shown = when {
        text == null -> "0x" + hex(MAX_SHOWN / 2)
        text.length > MAX_SHOWN -> "\"${text.take(MAX_SHOWN)}…\""
        else -> "\"$text\""
    }
    return "$shown ($size ${if (size == 1) "byte" else "bytes"})"
}

/** The first of the bytes in hexadecimal. */
internal fun ByteArray.hex(limit: Int): String {
    val digits = take(limit).joinToString("") { byte -> (byte.toInt() and 0xff).toString(16).padStart(2, '0') }
    return if (size > limit) "$digits…" else digits
}

private fun ByteArray.textOrNull(): String? {
    val text = try {
        Charsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(this))
            .toString()
    } catch (notText: CharacterCodingException) {
        return null
    }
    return text.takeIf { it.none { char -> char < ' ' && char != '\n' && char != '\r' && char != '\t' } }
}
