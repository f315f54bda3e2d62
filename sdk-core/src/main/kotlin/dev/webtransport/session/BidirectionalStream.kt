package dev.webtransport.session

/** A stream on which both ends send. Its halves end independently. */
@SubclassOptInRequired(NotForImplementation::class)
public interface BidirectionalStream {
    /** The stream id (RFC 9000, section 2.1). Unique on its connection only. */
    public val id: Long

    /** The session that owns this stream. */
    public val session: WebTransportSession

    /** What this end sends. */
    public val send: SendStream

    /** What the peer sends. */
    public val receive: ReceiveStream
}

/**
 * Runs [block] and leaves nothing of the stream behind: the sending half is reset unless it was finished, the receiving
 * half is stopped unless it was read to its end, both with [errorCode].
 */
public suspend inline fun <R> BidirectionalStream.use(errorCode: Long = 0, block: (BidirectionalStream) -> R): R {
    try {
        return block(this)
    } finally {
        send.reset(errorCode)
        receive.stopSending(errorCode)
    }
}
