package dev.webtransport.netty

/** Tells the codes of the peer's STOP_SENDING frames, which quiche keeps to itself. One per connection; called on its event loop. */
internal fun interface PeerStopCodes {
    /** The code of the STOP_SENDING frame of a stream, or null if it is not known. */
    fun codeOf(streamId: Long): Long?
}
