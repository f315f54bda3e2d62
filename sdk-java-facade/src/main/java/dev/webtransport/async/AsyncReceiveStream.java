package dev.webtransport.async;

import dev.webtransport.session.ReceiveStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The receiving half of a stream. One read at a time; {@link #stopSending} may come from anywhere. */
public final class AsyncReceiveStream {
    /** The most that one read moves, and so what a stream may hold of bytes whose read was cancelled. */
    private static final int MAX_READ = 16 << 10;

    private static final byte[] NOTHING = {};

    private final ReceiveStream stream;
    private final AsyncSession session;
    private final Calls calls;

    /*
     * The core reads into an array of this stream, not into the caller's buffer: a read that was cancelled may be taking
     * bytes at that very moment, and they must neither be lost nor appear in a buffer that is no longer the call's. So it
     * goes on, and what it takes is for the next read. All guarded by this.
     */
    private byte[] ahead = NOTHING;
    private int from;
    private int to;
    private boolean underWay;
    private @Nullable Read waiting;

    AsyncReceiveStream(ReceiveStream stream, AsyncSession session, Calls calls) {
        this.stream = stream;
        this.session = session;
        this.calls = calls;
    }

    /**
     * The stream id (RFC 9000, section 2.1). Unique on its connection only.
     *
     * @return the id
     */
    public long id() {
        return stream.getId();
    }

    /**
     * The session that owns this stream.
     *
     * @return the session
     */
    public AsyncSession session() {
        return session;
    }

    /**
     * Moves received bytes into a buffer, which belongs to the call until the future completes: as many as there are and
     * fit, at least one, at most 16 KiB. Waits while there are none. Who stops reading makes the peer's writes wait; nothing
     * is dropped and nothing grows.
     *
     * <p>Fails with {@link dev.webtransport.error.StreamResetException} if the peer abandoned the stream (its code is in
     * it), with {@link dev.webtransport.error.SessionException} if the session has ended, with
     * {@link IllegalStateException} while another read is under way and after {@link #stopSending}, with
     * {@link IllegalArgumentException} if the buffer has no room or is read-only.
     *
     * <p>Cancellation: no byte is lost, the next read gets it; the buffer is the caller's again.
     *
     * @param dst with room for at least one byte; its position moves behind what was read
     * @return completes with the number of bytes, or with -1 at the clean end of the stream, again and again; fails as said
     *     above
     */
    public CompletableFuture<Integer> read(ByteBuffer dst) {
        if (!dst.hasRemaining() || dst.isReadOnly()) {
            return Promise.failed(new IllegalArgumentException("the buffer to read into has no room or is read-only"));
        }
        Read read = new Read(dst);
        ByteBuffer chunk;
        synchronized (this) {
            if (waiting != null && !waiting.isClaimed()) {
                return Promise.failed(new IllegalStateException(
                        "a read of stream " + id() + " is under way; wait for its future before the next one"));
            }
            if (from < to) {
                return CompletableFuture.completedFuture(moveTo(dst));
            }
            waiting = read;
            if (underWay) {
                return read;
            }
            underWay = true;
            int size = Math.min(dst.remaining(), MAX_READ);
            if (ahead.length < size) {
                ahead = new byte[size];
            }
            chunk = ByteBuffer.wrap(ahead, 0, size);
        }
        calls.<Integer>run(done -> stream.read(chunk, done), this::handleRead);
        return read;
    }

    private void handleRead(@Nullable Integer count, @Nullable Throwable failure) {
        Read read;
        int moved = -1;
        synchronized (this) {
            underWay = false;
            from = 0;
            to = count == null || count < 0 ? 0 : count;
            if (to == 0) {
                ahead = NOTHING;
            }
            read = waiting;
            waiting = null;
            if (read == null || !read.claim()) {
                // Bytes are kept; an end or a failure needs not be: the core tells it again.
                return;
            }
            if (to > 0) {
                moved = moveTo(read.dst);
            }
        }
        if (failure == null) {
            read.deliver(moved);
        } else {
            read.fail(failure);
        }
    }

    /** Moves what was read ahead, as far as it fits. */
    private int moveTo(ByteBuffer dst) {
        int count = Math.min(to - from, dst.remaining());
        dst.put(ahead, from, count);
        from += count;
        return count;
    }

    /**
     * Reads up to the clean end of the stream.
     *
     * <p>Fails with {@link IllegalStateException} if the stream is longer than the limit (the rest is still to be read or
     * stopped), else as {@link #read} does: truncated data never looks whole.
     *
     * <p>Cancellation: what was read so far is lost.
     *
     * @param limit the most bytes to take; the memory this call may cost
     * @return completes with the bytes; fails as said above
     */
    public CompletableFuture<byte[]> readAll(int limit) {
        if (limit < 0) {
            return Promise.failed(new IllegalArgumentException("limit " + limit + " is negative"));
        }
        return new ReadAll(this, limit).begin();
    }

    /** Tells the peer to send no more, with code 0, as {@link #stopSending(long)} does. */
    public void stopSending() {
        stopSending(0);
    }

    /**
     * Tells the peer to send no more (STOP_SENDING); what is unread is dropped, and a read under way fails with
     * {@link IllegalStateException}. No effect once the stream has ended.
     *
     * @param errorCode 0 to 2^32-1
     * @throws IllegalArgumentException if the code is out of range
     */
    public void stopSending(long errorCode) {
        stream.stopSending(errorCode);
        synchronized (this) {
            from = to;
        }
    }

    /** One call of {@link #read}. */
    private static final class Read extends Promise<Integer> {
        private final ByteBuffer dst;

        Read(ByteBuffer dst) {
            this.dst = dst;
        }
    }
}
