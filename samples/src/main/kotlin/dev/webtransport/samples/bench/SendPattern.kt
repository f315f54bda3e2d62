package dev.webtransport.samples.bench

import dev.webtransport.session.SendStream

/** Sends so many bytes of the [Pattern], and FIN. */
internal suspend fun send(stream: SendStream, bytes: Long) {
    var sent = 0L
    while (sent < bytes) {
        val piece = Pattern.piece(sent, bytes)
        sent += piece.remaining()
        stream.write(piece)
    }
    stream.finish()
}
