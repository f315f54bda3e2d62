package dev.webtransport.config;

/** How a stream is opened (W3C WebTransport, {@code WebTransportSendStreamOptions}). */
public final class StreamOptions {
    private static final StreamOptions DEFAULTS = new StreamOptions(true);

    private final boolean waitUntilAvailable;

    private StreamOptions(boolean waitUntilAvailable) {
        this.waitUntilAvailable = waitUntilAvailable;
    }

    /**
     * Waits for credit.
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
        return new StreamOptions(false);
    }

    /**
     * Whether opening waits for the peer's credit. Default true: suspending is natural here; W3C's default is false.
     *
     * @return true if so
     */
    public boolean waitUntilAvailable() {
        return waitUntilAvailable;
    }
}
