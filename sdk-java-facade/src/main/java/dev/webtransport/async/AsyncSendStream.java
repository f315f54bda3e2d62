package dev.webtransport.async;

import dev.webtransport.session.SendStream;
import dev.webtransport.session.StreamOriginKt;
import dev.webtransport.session.WriteAllKt;
import dev.webtransport.value.Initiator;
import dev.webtransport.value.SendGroup;
import dev.webtransport.value.SendStreamStatistics;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import kotlin.Unit;
import kotlin.jvm.functions.Function1;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a stream.
 *
 * <p><b>Only {@link #finish} ends it well.</b> Who leaves a stream without it has to {@link #reset} it, so that cut data
 * never looks whole. One write at a time; {@link #reset} may come from anywhere.
 */
public final class AsyncSendStream {
    /** Enough that the change of threads for a blocking source does not count. */
    private static final int CHUNK = 64 << 10;

    private final SendStream stream;
    private final AsyncSession session;
    private final Calls calls;

    /** The last write: under way, or how it ended. Guarded by this. */
    private @Nullable Promise<?> lastWrite;

    AsyncSendStream(SendStream stream, AsyncSession session, Calls calls) {
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
     * Whether both ends send on the stream of this half, or only this one (RFC 9000, section 2.1).
     *
     * @return the direction
     */
    public StreamType direction() {
        return StreamOriginKt.getDirection(stream);
    }

    /**
     * Which end opened the stream (RFC 9000, section 2.1).
     *
     * @return the end, seen from here
     */
    public Initiator initiator() {
        return StreamOriginKt.getInitiator(stream);
    }

    /**
     * Whether a write may still have an effect: false once this end has finished or reset the stream, or the session has
     * ended, or a call here was told that the peer wants no more. A snapshot; what decides is the write.
     *
     * @return whether to write
     */
    public boolean isWritable() {
        return stream.isWritable();
    }

    /**
     * How urgent this stream is within its group; see {@link #setSendOrder}.
     *
     * @return the order; 0 unless another was set
     */
    public long sendOrder() {
        return stream.getSendOrder();
    }

    /**
     * Sets how urgent this stream is within its group: while the connection cannot carry everything, a higher order is sent
     * first, and a lower one only when no higher one has anything that it may send (W3C WebTransport, {@code sendOrder}).
     * It also counts for what was written and has not left yet. No effect once the stream has ended.
     *
     * @param sendOrder any number; more is more urgent
     */
    public void setSendOrder(long sendOrder) {
        stream.setSendOrder(sendOrder);
    }

    /**
     * The group of this stream; see {@link #setSendGroup}.
     *
     * @return the group; empty for that of all streams of the session without another
     */
    public Optional<SendGroup> sendGroup() {
        return Optional.ofNullable(stream.getSendGroup());
    }

    /**
     * Moves this stream to a group. Groups get equal shares of a connection that cannot carry everything (W3C WebTransport,
     * {@code sendGroup}).
     *
     * @param sendGroup a group of the same session; null for that of all streams without another
     * @throws IllegalArgumentException if the group is another session's
     */
    public void setSendGroup(@Nullable SendGroup sendGroup) {
        stream.setSendGroup(sendGroup);
    }

    /**
     * Sends all remaining bytes of a buffer, which belongs to the call until the future completes. Waits while the peer
     * takes no more: it reads too slowly, or the network carries too little. Completion says that the bytes were taken, not
     * that they arrived. Where one write ends and the next begins is not seen by the peer. No bytes, no effect.
     *
     * <p>Fails with {@link dev.webtransport.error.StreamStoppedException} if the peer wants no more (its code is in it),
     * with {@link dev.webtransport.error.SessionException} if the session has ended, with {@link IllegalStateException}
     * while another write is under way, after a write that was cancelled, and after {@link #finish} or {@link #reset}.
     *
     * <p>Cancellation: some of the bytes were taken, the rest was not, and nobody can tell how many. So the stream can only
     * be reset, and the bytes of the buffer must not be changed before that.
     *
     * @param data the bytes; its position moves to its limit
     * @return completes when all bytes were taken; fails as said above
     */
    public CompletableFuture<@Nullable Void> write(ByteBuffer data) {
        return begin(() -> calls.call(done -> stream.write(data, done)));
    }

    private <T extends @Nullable Object> CompletableFuture<T> begin(Supplier<Promise<T>> write) {
        synchronized (this) {
            if (lastWrite != null && lastWrite.isAbandoned()) {
                return Promise.failed(cut());
            }
            if (lastWrite != null && !lastWrite.isClaimed()) {
                return Promise.failed(new IllegalStateException(
                        "a write to stream " + id() + " is under way; wait for its future before the next one"));
            }
            Promise<T> begun = write.get();
            lastWrite = begun;
            return begun;
        }
    }

    /**
     * Sends an array, as {@link #write(ByteBuffer)} does.
     *
     * @param data the bytes; they belong to the call until the future completes
     * @return completes when all bytes were taken; fails as there
     */
    public CompletableFuture<@Nullable Void> write(byte[] data) {
        return write(ByteBuffer.wrap(data));
    }

    /**
     * Sends an array in chunks of 64 KiB, and tells after each how far it is. Does not finish the stream: only {@link
     * #finish} does. Fails and is cancelled as {@link #write(ByteBuffer)}.
     *
     * @param data the bytes; they belong to the call until the future completes
     * @param progress told how many bytes were taken so far, on a thread of the SDK; it must not block. What it throws fails
     *     the future
     * @return completes with the number of bytes taken; fails as there
     */
    public CompletableFuture<Long> writeAll(byte[] data, LongConsumer progress) {
        return begin(() -> calls.<Long, Long>call(
                done -> WriteAllKt.writeAll(stream, data, CHUNK, reporting(progress), done),
                count -> count,
                late -> {}));
    }

    /**
     * Sends what a blocking channel gives, up to its end, in chunks of 64 KiB, as {@link
     * #writeAll(ReadableByteChannel, int, LongConsumer)} does.
     *
     * @param source in blocking mode
     * @return completes with the number of bytes taken; fails as there
     */
    public CompletableFuture<Long> writeAll(ReadableByteChannel source) {
        return writeAll(source, CHUNK, written -> {});
    }

    /**
     * Sends what a blocking channel gives, up to its end. The channel is read on a thread for blocking calls, a chunk after
     * the one before was taken; it stays open. Does not finish the stream: only {@link #finish} does.
     *
     * <p>Fails with {@link java.io.IOException} if the source cannot be read (the stream lives), with
     * {@link IllegalArgumentException} if the chunk size is not positive or the channel is not in blocking mode, with
     * {@link IllegalStateException} if a read of the channel gives no byte, else as {@link #write(ByteBuffer)} does.
     *
     * <p>Cancellation: as {@link #write(ByteBuffer)}; a read of the channel that blocks is woken, which closes the channel if
     * it is an {@link java.nio.channels.InterruptibleChannel}.
     *
     * @param source in blocking mode
     * @param chunkSize how many bytes to read at once; the memory this call costs
     * @param progress told after each chunk how many bytes were taken so far, on a thread of the SDK; it must not block. What
     *     it throws fails the future
     * @return completes with the number of bytes taken; fails as said above
     */
    public CompletableFuture<Long> writeAll(ReadableByteChannel source, int chunkSize, LongConsumer progress) {
        return begin(() -> calls.<Long, Long>call(
                done -> WriteAllKt.writeAll(stream, source, chunkSize, reporting(progress), done),
                count -> count,
                late -> {}));
    }

    /**
     * Sends a file in chunks of 64 KiB, as {@link #writeAll(Path, int, LongConsumer)} does.
     *
     * @param file a file that can be read
     * @return completes with the number of bytes taken; fails as there
     */
    public CompletableFuture<Long> writeAll(Path file) {
        return writeAll(file, CHUNK, written -> {});
    }

    /**
     * Sends a file, as it is while it is read, on a thread for blocking calls. Does not finish the stream: only {@link
     * #finish} does.
     *
     * <p>Fails with {@link java.io.IOException} if the file cannot be read (the stream lives), with
     * {@link IllegalArgumentException} if the chunk size is not positive, else as {@link #write(ByteBuffer)} does.
     *
     * <p>Cancellation: as {@link #write(ByteBuffer)}; the file is closed.
     *
     * @param file a file that can be read
     * @param chunkSize how many bytes to read at once; the memory this call costs
     * @param progress told after each chunk how many bytes were taken so far, on a thread of the SDK; it must not block. What
     *     it throws fails the future
     * @return completes with the number of bytes taken; fails as said above
     */
    public CompletableFuture<Long> writeAll(Path file, int chunkSize, LongConsumer progress) {
        return begin(() -> calls.<Long, Long>call(
                done -> WriteAllKt.writeAll(stream, file, chunkSize, reporting(progress), done),
                count -> count,
                late -> {}));
    }

    private static Function1<Long, Unit> reporting(LongConsumer progress) {
        return written -> {
            progress.accept(written);
            return Unit.INSTANCE;
        };
    }

    /**
     * Ends the stream well: everything written, then FIN. Comes after a write that is under way. Repeatable.
     *
     * <p>Fails with {@link dev.webtransport.error.StreamStoppedException} if the peer wanted no more before, with
     * {@link dev.webtransport.error.SessionException} if the session has ended, with {@link IllegalStateException} after
     * {@link #reset} and after a write that was cancelled: what is cut must not look whole.
     *
     * <p>Cancellation: the stream is finished nevertheless.
     *
     * @return completes when everything and FIN were handed over, not when they arrived; fails as said above
     */
    public CompletableFuture<@Nullable Void> finish() {
        Promise<?> before;
        synchronized (this) {
            before = lastWrite;
        }
        Promise<@Nullable Void> finished = new Promise<>();
        if (before == null) {
            finishNow(finished);
        } else {
            // How the write failed is not told again here: the core fails, too, where it must.
            before.whenComplete((written, failure) -> {
                if (!before.isAbandoned()) {
                    finishNow(finished);
                } else if (finished.claim()) {
                    finished.fail(cut());
                }
            });
        }
        return finished;
    }

    private void finishNow(Promise<@Nullable Void> finished) {
        calls.<Unit>run(stream::finish, (done, failure) -> {
            if (!finished.claim()) {
                return;
            }
            if (failure == null) {
                finished.deliver(null);
            } else {
                finished.fail(failure);
            }
        });
    }

    /** Abandons the stream with code 0, as {@link #reset(long)} does. */
    public void reset() {
        reset(0);
    }

    /**
     * Abandons the stream; the peer's reads fail with the code, and what it has not read yet may be gone. A write under way
     * here fails with {@link IllegalStateException}. No effect once the stream has ended.
     *
     * @param errorCode 0 to 2^32-1
     * @throws IllegalArgumentException if the code is out of range
     */
    public void reset(long errorCode) {
        stream.reset(errorCode);
    }

    /**
     * How much was written so far; after the end the last values. What the transport cannot tell is absent. Never waits.
     *
     * @return a snapshot
     */
    public SendStreamStatistics statistics() {
        return stream.statistics();
    }

    /**
     * Waits until the peer asks to stop (STOP_SENDING).
     *
     * @return completes with the peer's code, or empty when the code has no mapping or the transport cannot tell it; fails
     *     with {@link dev.webtransport.error.SessionException} if the session ends first, with
     *     {@link IllegalStateException} once this end has finished or reset the stream
     */
    public CompletableFuture<OptionalLong> stopped() {
        return calls.<@Nullable Long, OptionalLong>call(
                stream::awaitStopped, code -> code == null ? OptionalLong.empty() : OptionalLong.of(code), late -> {});
    }

    private IllegalStateException cut() {
        return new IllegalStateException(
                "a write to stream " + id() + " was cancelled, so its data is cut; the stream can only be reset");
    }
}
