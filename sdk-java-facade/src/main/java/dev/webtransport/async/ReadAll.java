package dev.webtransport.async;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One call of {@link AsyncReceiveStream#readAll}: reads again and again, without a chain of futures that grows. */
final class ReadAll extends Promise<byte[]> {
    private static final int CHUNK = 16 << 10;

    private final AsyncReceiveStream stream;
    private final int limit;
    private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
    private final byte[] chunk;
    private volatile @Nullable CompletableFuture<Integer> reading;

    ReadAll(AsyncReceiveStream stream, int limit) {
        this.stream = stream;
        this.limit = limit;
        // One byte more than the limit shows that there is more.
        this.chunk = new byte[(int) Math.min(CHUNK, limit + 1L)];
    }

    CompletableFuture<byte[]> begin() {
        readOn();
        return this;
    }

    private void readOn() {
        CompletableFuture<Integer> next = stream.read(ByteBuffer.wrap(chunk));
        reading = next;
        if (isAbandoned()) {
            next.cancel(false);
        }
        next.whenComplete(this::handleRead);
    }

    private void handleRead(@Nullable Integer count, @Nullable Throwable failure) {
        if (failure != null) {
            if (claim()) {
                fail(failure);
            }
        } else if (count < 0) {
            if (claim()) {
                deliver(whole.toByteArray());
            }
        } else {
            whole.write(chunk, 0, count);
            if (whole.size() <= limit) {
                readOn();
            } else if (claim()) {
                fail(new IllegalStateException(
                        "stream " + stream.id() + " is longer than the limit of " + limit + " bytes"));
            }
        }
    }

    @Override
    void handleAbandoned() {
        CompletableFuture<Integer> pending = reading;
        if (pending != null) {
            pending.cancel(false);
        }
    }
}
