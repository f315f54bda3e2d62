package dev.webtransport.testkit

import dev.webtransport.transport.QuicTransport

/** A transport that outlives those who use it: client and server own their transport and close it, and here both have the same. */
internal class BorrowedTransport(
    transport: QuicTransport,
) : QuicTransport by transport {
    override fun close() = Unit
}
