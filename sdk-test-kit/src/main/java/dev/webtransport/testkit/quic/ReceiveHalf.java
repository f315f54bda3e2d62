package dev.webtransport.testkit.quic;

import dev.webtransport.transport.QuicConnectionException;
import dev.webtransport.transport.QuicStreamResetException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What one end receives on a stream (RFC 9000, section 3.2). */
public final class ReceiveHalf {
    private enum State {
        OPEN,
        /** All bytes are here. */
        FIN_ARRIVED,
        /** Nothing is left but to tell the end. */
        READ,
        RESET,
        /** Stopped by this end; the peer's FIN or RESET_STREAM is awaited. */
        STOPPED,
        /** Stopped, and the peer has ended it too. */
        STOPPED_OVER
    }

    private final QuicEndpoint endpoint;
    private final EndpointStream stream;
    private final ByteRing arrived = new ByteRing();
    private final ReceiveCredit credit;
    private State state = State.OPEN;
    private long arrivedBytes;
    /** A reset that shows itself only behind the bytes that are delivered before it. */
    private QuicFrame.@Nullable ResetStream laterReset;

    private long resetCode;
    private int maxReadSize = Integer.MAX_VALUE;
    private boolean paused;

    ReceiveHalf(QuicEndpoint endpoint, EndpointStream stream, long window) {
        this.endpoint = endpoint;
        this.stream = stream;
        this.credit = new ReceiveCredit(window);
    }

    /**
     * Moves bytes out, as many as there are and fit.
     *
     * @param target with room for at least one byte
     * @return how many; 0 when there are none yet; -1 behind the last one
     * @throws QuicStreamResetException if the peer abandoned the stream
     * @throws QuicConnectionException if the connection has ended
     * @throws IllegalStateException after {@link #stopSending}
     */
    public int read(ByteBuffer target) throws QuicStreamResetException, QuicConnectionException {
        switch (state) {
            case RESET -> throw new QuicStreamResetException(resetCode);
            case STOPPED, STOPPED_OVER ->
                throw new IllegalStateException("read of stream " + stream.id() + " after stopSending");
            default -> endpoint.throwIfArrivalsAreGone();
        }
        if (paused) {
            endpoint.throwIfClosed();
            return 0;
        }
        if (arrived.size() > 0) {
            int count = take(target);
            consumed(count);
            resetIfDue();
            endIfAllIsRead();
            return count;
        }
        if (state == State.READ) {
            return -1;
        }
        endpoint.throwIfClosed();
        return 0;
    }

    /**
     * Tells the peer to send no more; what is unread is dropped. Nothing happens when the stream has ended already.
     *
     * @param errorCode 0 to 2^62-1
     */
    public void stopSending(long errorCode) {
        EndpointStream.checkErrorCode(errorCode);
        if (isOver() || state == State.STOPPED || endpoint.isClosed()) {
            return;
        }
        if (state == State.OPEN) {
            state = State.STOPPED;
            endpoint.send(new QuicFrame.StopSending(stream.id(), errorCode));
            resetIfDue();
        } else {
            state = State.STOPPED_OVER;
        }
        discard();
        endpoint.tell(QuicEvent.of(QuicEvent.Kind.READABLE, stream));
        stream.progressed();
    }

    /**
     * Whether nothing more will be read: the end was read, or the stream was reset or stopped and the peer has ended it.
     *
     * @return true at the end
     */
    public boolean isOver() {
        return state == State.READ || state == State.RESET || state == State.STOPPED_OVER;
    }

    /**
     * How many bytes are there to be read.
     *
     * @return the number of bytes
     */
    public int unreadBytes() {
        return arrived.size();
    }

    /**
     * How many bytes have arrived, read or not.
     *
     * @return the number of bytes, from the first one on
     */
    public long receivedBytes() {
        return arrivedBytes;
    }

    /**
     * Whether a read would answer at once.
     *
     * @return false while a reader has to wait
     */
    public boolean isReadable() {
        return !paused && (arrived.size() > 0 || state != State.OPEN || endpoint.isClosed());
    }

    /**
     * Lets each read move at most so many bytes; for faults.
     *
     * @param bytes at least 1
     */
    public void setMaxReadSize(int bytes) {
        maxReadSize = bytes;
    }

    /**
     * Holds back what arrives from the reader, or no more; for faults. Resets and the connection's end still show.
     *
     * @param paused whether reads find nothing
     */
    public void setPaused(boolean paused) {
        this.paused = paused;
        if (!paused) {
            endpoint.tell(QuicEvent.of(QuicEvent.Kind.READABLE, stream));
        }
    }

    // ---- what the endpoint does

    void handleStream(QuicFrame.Stream frame) {
        if (isOver()) {
            return;
        }
        if (frame.offset() != credit.received()) {
            throw new IllegalStateException("stream " + stream.id() + " continues at " + frame.offset() + " instead of "
                    + credit.received() + ": the network must keep the order of a stream");
        }
        endpoint.received(stream, credit, frame.length());
        if (state == State.STOPPED) {
            consumed(frame.length());
            if (frame.fin()) {
                state = State.STOPPED_OVER;
                stream.progressed();
            }
            return;
        }
        arrived.put(ByteBuffer.wrap(frame.bytes()), frame.length());
        arrivedBytes += frame.length();
        if (frame.fin()) {
            state = State.FIN_ARRIVED;
            endIfAllIsRead();
        }
        if (frame.length() > 0 || frame.fin()) {
            endpoint.tell(QuicEvent.of(QuicEvent.Kind.READABLE, stream));
        }
    }

    void handleReset(QuicFrame.ResetStream frame) {
        if (isOver()) {
            return;
        }
        if (state != State.STOPPED && frame.reliableSize() > credit.consumed()) {
            laterReset = frame;
            return;
        }
        //= rfc9000#4.5
        //# both ends count the final size of a stream as credit that was spent
        endpoint.received(stream, credit, frame.finalSize() - credit.received());
        resetCode = frame.errorCode();
        state = state == State.STOPPED ? State.STOPPED_OVER : State.RESET;
        discard();
        endpoint.tell(QuicEvent.of(QuicEvent.Kind.READABLE, stream));
        stream.progressed();
    }

    void handleConnectionClosed() {
        if (endpoint.arrivalsAreGone()) {
            arrived.clear();
        }
        endpoint.tell(QuicEvent.of(QuicEvent.Kind.READABLE, stream));
    }

    private int take(ByteBuffer target) {
        if (maxReadSize >= target.remaining()) {
            return arrived.take(target);
        }
        byte[] part = arrived.take(Math.min(maxReadSize, arrived.size()));
        target.put(part);
        return part.length;
    }

    /** A unidirectional stream gives back its credit with its last byte, before anybody has asked for its end. */
    private void resetIfDue() {
        if (laterReset != null) {
            handleReset(laterReset);
        }
    }

    private void endIfAllIsRead() {
        if (state == State.FIN_ARRIVED && arrived.size() == 0) {
            state = State.READ;
            stream.progressed();
        }
    }

    /** What will never be read counts as read. */
    private void discard() {
        arrived.clear();
        consumed(credit.received() - credit.consumed());
    }

    private void consumed(long count) {
        if (count == 0) {
            return;
        }
        credit.consume(count);
        endpoint.consumed(count);
        if (state == State.OPEN) {
            long limit = credit.pollLimit();
            if (limit >= 0) {
                endpoint.send(new QuicFrame.MaxStreamData(stream.id(), limit));
            }
        }
    }

    @Nullable
    String leftovers() {
        if (isOver()) {
            return null;
        }
        return "receiving half neither read to its end nor stopped"
                + (arrived.size() == 0 ? "" : ", " + arrived.size() + " bytes unread");
    }
}
