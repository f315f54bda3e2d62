package dev.webtransport.async;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Lets one read after the other look at a stream. A read that was cancelled may look for a moment longer; the next one waits
 * for that.
 */
final class Readings {
    private final long streamId;
    private final Calls calls;

    /** Looks at the stream: waits for its bytes, or was cancelled a moment ago. Guarded by this. */
    private @Nullable Reading<?> current;

    /** Waits for {@link #current} to be gone. Guarded by this. */
    private @Nullable Reading<?> next;

    Readings(long streamId, Calls calls) {
        this.streamId = streamId;
        this.calls = calls;
    }

    /** Begins a read, unless another one is under way. */
    <T extends @Nullable Object> CompletableFuture<T> begin(Reading<T> reading) {
        synchronized (this) {
            if (isUnderWay(current) || isUnderWay(next)) {
                return Promise.failed(new IllegalStateException(
                        "a read of stream " + streamId + " is under way; wait for its future before the next one"));
            }
            if (current != null) {
                next = reading;
                return reading;
            }
            current = reading;
        }
        reading.begin(calls, this::handleFree);
        return reading;
    }

    private void handleFree() {
        Reading<?> following;
        synchronized (this) {
            following = isUnderWay(next) ? next : null;
            current = following;
            next = null;
        }
        if (following != null) {
            following.begin(calls, this::handleFree);
        }
    }

    private static boolean isUnderWay(@Nullable Reading<?> reading) {
        return reading != null && !reading.isClaimed();
    }
}
