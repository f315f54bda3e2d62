package dev.webtransport.async;

import dev.webtransport.session.PeeksKt;
import dev.webtransport.session.ReceiveStream;
import dev.webtransport.session.StreamOriginKt;
import dev.webtransport.value.Initiator;
import dev.webtransport.value.ReceiveStreamStatistics;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a stream. One read at a time; {@link #stopSending} may come from anywhere.
 *
 * <p>Whatever ends a read early (a limit, a timeout, a cancellation) leaves every byte for the next one.
 */
public final class AsyncReceiveStream {
    private final ReceiveStream stream;
    private final AsyncSession session;
    private final Readings readings;

    AsyncReceiveStream(ReceiveStream stream, AsyncSession session, Calls calls) {
        this.stream = stream;
        this.session = session;
        this.readings = new Readings(stream.getId(), calls);
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
     * Whether both ends send on the stream of this half, or only the peer (RFC 9000, section 2.1).
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
     * Whether a read may still give bytes: false once the end was reached, the peer's reset was told or this end stopped the
     * stream, and nothing is left of what came before; false, too, when the session has ended before. A snapshot; what
     * decides is the read.
     *
     * @return whether to read
     */
    public boolean isReadable() {
        return stream.isReadable();
    }

    /**
     * Moves received bytes into a buffer, which belongs to the call until the future completes: as many as there are and
     * fit, at least one, at most 16 KiB unless a read before left more. Waits while there are none. Who stops reading makes
     * the peer's writes wait; nothing is dropped and nothing grows.
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
        return begin(done -> stream.peek(1, done), shown -> {
            byte[] bytes = take(shown, dst.remaining());
            dst.put(bytes);
            return bytes.length == 0 ? -1 : bytes.length;
        });
    }

    /**
     * Takes what is here, at least one byte; waits while there is none. Fails as {@link #read(ByteBuffer)} does.
     *
     * <p>Cancellation: no byte is lost; the next read gets it.
     *
     * @param max the most bytes to take, at least 1
     * @return completes with the bytes, or with nothing at the clean end of the stream, again and again; fails with
     *     {@link IllegalArgumentException} if {@code max} is not positive, else as said above
     */
    public CompletableFuture<Optional<byte[]>> read(int max) {
        if (max <= 0) {
            return Promise.failed(new IllegalArgumentException(max + " bytes to read; it needs at least 1"));
        }
        return begin(
                done -> stream.peek(1, done),
                shown -> shown.hasRemaining() ? Optional.of(take(shown, max)) : Optional.empty());
    }

    /**
     * Reads up to the clean end of the stream.
     *
     * <p>Fails with {@link IllegalStateException} if the stream is longer than the limit (nothing is taken, all is still to
     * be read or stopped), else as {@link #read(ByteBuffer)} does: truncated data never looks whole.
     *
     * <p>Cancellation: no byte is lost; the next read gets it.
     *
     * @param limit the most bytes to take; this call may cost three times as much memory, as the bytes arrive
     * @return completes with the bytes; fails as said above
     */
    public CompletableFuture<byte[]> readAll(int limit) {
        return begin(done -> PeeksKt.peekAll(stream, limit, done), this::takeAll);
    }

    /**
     * Reads a number of bytes, no more and no fewer.
     *
     * <p>Fails with {@link java.io.EOFException} if the stream ends before (nothing is taken, what came is still to be
     * read), with {@link IllegalArgumentException} if the count is negative, else as {@link #read(ByteBuffer)} does.
     *
     * <p>Cancellation: no byte is lost; the next read gets it.
     *
     * @param count how many; 0 gives none at once
     * @return completes with the bytes; fails as said above
     */
    public CompletableFuture<byte[]> readExactly(int count) {
        return begin(done -> PeeksKt.peekExactly(stream, count, done), this::takeAll);
    }

    /**
     * Reads up to a separator, and the separator with it.
     *
     * <p>Fails with {@link IllegalStateException} if there is no separator within the limit, with {@link
     * java.io.EOFException} if the stream ends before the separator (both times nothing is taken, what came is still to be
     * read), with {@link IllegalArgumentException} if the separator is empty or longer than the limit, else as
     * {@link #read(ByteBuffer)} does.
     *
     * <p>Cancellation: no byte is lost; the next read gets it.
     *
     * @param separator at least one byte
     * @param limit the most bytes to take, those of the separator included; with 16 KiB more it bounds what is held
     * @return completes with the bytes, the separator at their end, or with nothing at the clean end of the stream with
     *     nothing before it; fails as said above
     */
    public CompletableFuture<Optional<byte[]>> readUntil(byte[] separator, int limit) {
        byte[] kept = separator.clone();
        return begin(done -> PeeksKt.peekUntil(stream, kept, limit, done), shown -> Optional.ofNullable(shown)
                .map(this::takeAll));
    }

    /**
     * Reads a line of text in UTF-8, without the {@code \n} or {@code \r\n} that ends it. What comes before the clean end of
     * the stream is a line, too. Bytes that are no UTF-8 become U+FFFD; {@link #readUntil} gives them as they are.
     *
     * <p>Fails with {@link IllegalStateException} if the line is longer than the limit (nothing is taken, what came is still
     * to be read), with {@link IllegalArgumentException} if the limit is not positive, else as {@link #read(ByteBuffer)}
     * does.
     *
     * <p>Cancellation: no byte is lost; the next read gets it.
     *
     * @param limit the most bytes to take, the end of the line included; with 16 KiB more it bounds what is held
     * @return completes with the line, or with nothing at the clean end of the stream, again and again; fails as said above
     */
    public CompletableFuture<Optional<String>> readLine(int limit) {
        return begin(done -> PeeksKt.peekLine(stream, limit, done), shown -> Optional.ofNullable(shown)
                .map(line -> text(takeAll(line))));
    }

    private <T> CompletableFuture<T> begin(
            Calls.Callee<@Nullable ByteBuffer> lookAhead, Function<@Nullable ByteBuffer, T> take) {
        return readings.begin(new Reading<>(lookAhead, take));
    }

    private byte[] takeAll(ByteBuffer shown) {
        return take(shown, shown.remaining());
    }

    private byte[] take(ByteBuffer shown, int max) {
        byte[] bytes = new byte[Math.min(max, shown.remaining())];
        shown.get(bytes);
        stream.skip(bytes.length);
        return bytes;
    }

    private static String text(byte[] line) {
        int end = line.length;
        if (line[end - 1] == '\n') {
            end--;
            if (end > 0 && line[end - 1] == '\r') {
                end--;
            }
        }
        return new String(line, 0, end, StandardCharsets.UTF_8);
    }

    /**
     * How much was read so far; after the end the last values. What the transport cannot tell is absent. Never waits.
     *
     * @return a snapshot
     */
    public ReceiveStreamStatistics statistics() {
        return stream.statistics();
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
    }
}
