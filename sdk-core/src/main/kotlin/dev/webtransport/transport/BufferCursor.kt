package dev.webtransport.transport

import java.nio.Buffer

// Android 26 knows these functions of Buffer, but not their overrides in ByteBuffer.

internal fun Buffer.moveTo(position: Int) {
    position(position)
}

internal fun Buffer.endAt(limit: Int) {
    limit(limit)
}
