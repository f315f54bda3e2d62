package dev.webtransport.config;

import dev.webtransport.value.SendGroup;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a stream is opened (W3C WebTransport, {@code WebTransportSendStreamOptions}). */
public final class StreamOptions {
    private static final StreamOptions DEFAULTS = new StreamOptions(true, null, 0);

    private final boolean waitUntilAvailable;
    private final @Nullable SendGroup sendGroup;
    private final long sendOrder;

    private StreamOptions(boolean waitUntilAvailable, @Nullable SendGroup sendGroup, long sendOrder) {
        this.waitUntilAvailable = waitUntilAvailable;
        this.sendGroup = sendGroup;
        this.sendOrder = sendOrder;
    }

    /**
     * Waits for credit; no group; order 0.
     *
     * @return the options
     */
    public static StreamOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The same options, but failing at once when the peer gives no credit for another stream.
     *
     * @return the options
     */
    public StreamOptions withoutWaiting() {
        return new StreamOptions(false, sendGroup, sendOrder);
    }

    /**
     * The same options, but with another order of sending.
     *
     * <p>While the connection cannot carry everything, streams of a group with a higher order send first, and those with a lower
     * one only when no higher one has anything that it may send. Equal orders share. A stream that waits for its
     * reader holds up no other.
     *
     * @param sendOrder any number; more is more urgent
     * @return the options
     */
    public StreamOptions sendOrder(long sendOrder) {
        return new StreamOptions(waitUntilAvailable, sendGroup, sendOrder);
    }

    /**
     * The same options, but in a group.
     *
     * @param sendGroup a group of the session that opens the stream; others are refused there
     * @return the options
     */
    public StreamOptions sendGroup(SendGroup sendGroup) {
        return new StreamOptions(waitUntilAvailable, sendGroup, sendOrder);
    }

    /**
     * Whether opening waits for the peer's credit. Default true: suspending is natural here; W3C's default is false.
     *
     * @return true if so
     */
    public boolean waitUntilAvailable() {
        return waitUntilAvailable;
    }

    /**
     * The order of sending. Default 0, as W3C's.
     *
     * @return the order
     */
    public long sendOrder() {
        return sendOrder;
    }

    /**
     * The group. Default none: the one of all streams of the session that name no other.
     *
     * @return the group
     */
    public Optional<SendGroup> sendGroup() {
        return Optional.ofNullable(sendGroup);
    }
}
