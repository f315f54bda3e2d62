package dev.webtransport.async;

import dev.webtransport.session.BidirectionalStream;

/** A stream on which both ends send. Its halves end independently. */
public final class AsyncBidirectionalStream {
    private final AsyncSendStream send;
    private final AsyncReceiveStream receive;

    AsyncBidirectionalStream(BidirectionalStream stream, AsyncSession session, Calls calls) {
        this.send = new AsyncSendStream(stream.getSend(), session, calls);
        this.receive = new AsyncReceiveStream(stream.getReceive(), session, calls);
    }

    /**
     * The stream id (RFC 9000, section 2.1). Unique on its connection only.
     *
     * @return the id
     */
    public long id() {
        return send.id();
    }

    /**
     * The session that owns this stream.
     *
     * @return the session
     */
    public AsyncSession session() {
        return send.session();
    }

    /**
     * What this end sends.
     *
     * @return the sending half
     */
    public AsyncSendStream send() {
        return send;
    }

    /**
     * What the peer sends.
     *
     * @return the receiving half
     */
    public AsyncReceiveStream receive() {
        return receive;
    }
}
