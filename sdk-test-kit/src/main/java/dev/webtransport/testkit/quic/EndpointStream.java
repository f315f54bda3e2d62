package dev.webtransport.testkit.quic;

import dev.webtransport.value.StreamType;
import org.jspecify.annotations.Nullable;

/** A stream as one end has it. It may be kept after its end. */
public final class EndpointStream {
    private static final long MAX_ERROR_CODE = (1L << 62) - 1;

    private final QuicEndpoint endpoint;
    private final long id;
    private final boolean opened;
    private final @Nullable SendHalf send;
    private final @Nullable ReceiveHalf receive;
    private boolean accepted;
    private boolean announced;
    private boolean forgotten;
    private @Nullable Object attachment;

    EndpointStream(QuicEndpoint endpoint, long id, long sendWindow, long receiveWindow) {
        this.endpoint = endpoint;
        this.id = id;
        this.opened = StreamIds.opener(id) == endpoint.perspective();
        boolean both = StreamIds.type(id) == StreamType.BIDIRECTIONAL;
        this.send = both || opened ? new SendHalf(endpoint, this, sendWindow) : null;
        this.receive = both || !opened ? new ReceiveHalf(endpoint, this, receiveWindow) : null;
    }

    /**
     * The stream id (RFC 9000, section 2.1).
     *
     * @return the id
     */
    public long id() {
        return id;
    }

    /**
     * Which kind of stream it is.
     *
     * @return the type
     */
    public StreamType type() {
        return StreamIds.type(id);
    }

    /**
     * What this end sends.
     *
     * @return the half
     * @throws IllegalStateException on a unidirectional stream of the peer
     */
    public SendHalf send() {
        if (send == null) {
            throw new IllegalStateException("on stream " + id + " only the peer sends");
        }
        return send;
    }

    /**
     * What the peer sends.
     *
     * @return the half
     * @throws IllegalStateException on a unidirectional stream of this end
     */
    public ReceiveHalf receive() {
        if (receive == null) {
            throw new IllegalStateException("on stream " + id + " only this end sends");
        }
        return receive;
    }

    /**
     * What the user of the endpoint has put here.
     *
     * @return the object, or null
     */
    public @Nullable Object attachment() {
        return attachment;
    }

    /**
     * Keeps something of the user's with the stream.
     *
     * @param object anything, or null
     */
    public void attach(@Nullable Object object) {
        this.attachment = object;
    }

    /**
     * What is left of the stream: which halves have not ended, and how many bytes wait where.
     *
     * @return a line without the stream's id, or null when nothing is left
     */
    public @Nullable String leftovers() {
        String sending = send == null ? null : send.leftovers();
        String receiving = receive == null ? null : receive.leftovers();
        if (sending == null || receiving == null) {
            return sending == null ? receiving : sending;
        }
        return sending + "; " + receiving;
    }

    @Override
    public String toString() {
        return "stream " + id;
    }

    // ---- what the endpoint and the halves do

    @Nullable
    SendHalf sendOrNull() {
        return send;
    }

    @Nullable
    ReceiveHalf receiveOrNull() {
        return receive;
    }

    boolean isAnnounced() {
        return announced;
    }

    /** A frame of the stream has left: the peer will know of it. */
    void announce() {
        announced = true;
    }

    void accept() {
        accepted = true;
        progressed();
    }

    /** Something has ended: perhaps it was the last. A stream nobody has accepted keeps its credit, which bounds their queue. */
    void progressed() {
        boolean over = (send == null || send.isOver()) && (receive == null || receive.isOver());
        if (over && !forgotten && (opened || accepted)) {
            forgotten = true;
            endpoint.forget(this, opened);
        }
    }

    //= rfc9000#20.2
    //# error codes of applications are 62-bit integers
    static void checkErrorCode(long errorCode) {
        if (errorCode < 0 || errorCode > MAX_ERROR_CODE) {
            throw new IllegalArgumentException("error code " + errorCode + " is not within 0 and 2^62-1");
        }
    }
}
