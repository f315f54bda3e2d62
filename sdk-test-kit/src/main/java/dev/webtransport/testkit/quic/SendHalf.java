package dev.webtransport.testkit.quic;

import dev.webtransport.transport.QuicConnectionException;
import dev.webtransport.transport.QuicStreamStoppedException;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What one end sends on a stream (RFC 9000, section 3.1). */
public final class SendHalf {
    private enum State {
        OPEN,
        /** FIN waits behind the bytes. */
        FINISHING,
        FIN_SENT,
        RESET,
        /** Stopped by the peer, and reset for it. */
        STOPPED,
        /** The connection ended first. */
        CUT
    }

    private final QuicEndpoint endpoint;
    private final EndpointStream stream;
    private final ByteRing pending = new ByteRing();
    private State state = State.OPEN;
    private long sent;
    private long maxStreamData;
    private long stopCode;

    SendHalf(QuicEndpoint endpoint, EndpointStream stream, long maxStreamData) {
        this.endpoint = endpoint;
        this.stream = stream;
        this.maxStreamData = maxStreamData;
    }

    /**
     * Takes bytes into the send buffer, as many as have room there.
     *
     * @param data its position moves over what is taken
     * @return how many; 0 with a full buffer
     * @throws QuicStreamStoppedException if the peer wants no more
     * @throws QuicConnectionException if the connection has ended
     * @throws IllegalStateException after {@link #finish} or {@link #reset}
     */
    public int write(ByteBuffer data) throws QuicStreamStoppedException, QuicConnectionException {
        switch (state) {
            case STOPPED -> throw new QuicStreamStoppedException(stopCode);
            case FINISHING, FIN_SENT ->
                throw new IllegalStateException("write on stream " + stream.id() + " after finish");
            case RESET -> throw new IllegalStateException("write on stream " + stream.id() + " after reset");
            default -> endpoint.throwIfClosed();
        }
        int room = Math.min(data.remaining(), endpoint.config().sendBufferSize() - pending.size());
        if (room > 0) {
            pending.put(data, room);
            endpoint.wantsToSend(stream);
        }
        return room;
    }

    /**
     * Says whose bytes leave first while not all can: groups share, a higher order of a group comes first. A stream for which
     * this was never called comes before all that have a group.
     *
     * @param group any object, by identity
     * @param order its place in the group
     */
    public void prioritize(Object group, long order) {
        endpoint.prioritize(stream, group, order);
    }

    /**
     * Ends the stream: what was written, then FIN. Repeatable.
     *
     * @throws QuicStreamStoppedException if the peer wants no more
     * @throws QuicConnectionException if the connection has ended
     * @throws IllegalStateException after {@link #reset}
     */
    public void finish() throws QuicStreamStoppedException, QuicConnectionException {
        switch (state) {
            case STOPPED -> throw new QuicStreamStoppedException(stopCode);
            case RESET -> throw new IllegalStateException("finish of stream " + stream.id() + " after reset");
            case FINISHING, FIN_SENT -> {
                return;
            }
            default -> endpoint.throwIfClosed();
        }
        state = State.FINISHING;
        endpoint.wantsToSend(stream);
        endpoint.tell(QuicEvent.of(QuicEvent.Kind.WRITABLE, stream));
    }

    /**
     * Abandons the stream. Nothing happens when it has ended already, here or with the connection.
     *
     * @param errorCode 0 to 2^62-1
     */
    public void reset(long errorCode) {
        EndpointStream.checkErrorCode(errorCode);
        if (state == State.OPEN || state == State.FINISHING) {
            abandon(errorCode, 0, State.RESET);
        }
    }

    /**
     * Abandons the stream, but not its first bytes, and even if its FIN is under way, as an engine may until the FIN is
     * acknowledged (RFC 9000, section 3.1). For faults.
     *
     * @param errorCode 0 to 2^62-1
     * @param reliableSize how many bytes the peer reads before it sees the reset; they must have been sent
     */
    public void forceReset(long errorCode, long reliableSize) {
        if (state == State.OPEN || state == State.FINISHING || state == State.FIN_SENT) {
            abandon(errorCode, reliableSize, State.RESET);
        }
    }

    /**
     * Whether anything can still be written.
     *
     * @return false after finish, reset, the peer's stop, and the connection's end
     */
    public boolean isOpen() {
        return state == State.OPEN;
    }

    /**
     * Whether FIN or RESET_STREAM has left, or never will.
     *
     * @return true at the end
     */
    public boolean isOver() {
        return state != State.OPEN && state != State.FINISHING;
    }

    /**
     * The code of the peer's STOP_SENDING.
     *
     * @return the code; empty if the peer sent none in time
     */
    public OptionalLong stopCode() {
        return state == State.STOPPED ? OptionalLong.of(stopCode) : OptionalLong.empty();
    }

    /**
     * Throws if the connection's end cut the half off.
     *
     * @throws QuicConnectionException if the connection ended while it was open
     */
    public void throwIfCut() throws QuicConnectionException {
        if (state == State.CUT) {
            endpoint.throwIfClosed();
        }
    }

    /**
     * How many bytes wait for credit or for the network.
     *
     * @return the number of bytes
     */
    public int pendingBytes() {
        return pending.size();
    }

    /**
     * How many bytes have left for the network.
     *
     * @return the number of bytes, from the first one on
     */
    public long sentBytes() {
        return sent;
    }

    // ---- what the endpoint does

    void handleStopSending(long errorCode) {
        if (state == State.OPEN || state == State.FINISHING) {
            stopCode = errorCode;
            //= rfc9000#3.5
            //# who is asked to stop answers with RESET_STREAM
            abandon(errorCode, 0, State.STOPPED);
        }
    }

    void handleMaxStreamData(long limit) {
        if (limit > maxStreamData) {
            maxStreamData = limit;
            if (pending.size() > 0) {
                endpoint.wantsToSend(stream);
            }
        }
    }

    /** Whether bytes wait that the stream's own credit allows, or nothing but FIN waits. */
    boolean canSend() {
        return pending.size() > 0 ? sent < maxStreamData : state == State.FINISHING;
    }

    /** The next frame, with at most so many bytes. */
    QuicFrame.Stream poll(long atMost) {
        int count = (int) Math.min(Math.min(pending.size(), maxStreamData - sent), atMost);
        int before = pending.size();
        byte[] data = pending.take(Math.max(count, 0));
        boolean fin = state == State.FINISHING && pending.size() == 0;
        QuicFrame.Stream frame = new QuicFrame.Stream(stream.id(), sent, data, fin);
        sent += data.length;
        if (fin) {
            state = State.FIN_SENT;
        }
        if (pending.size() < before && state == State.OPEN) {
            endpoint.tell(QuicEvent.of(QuicEvent.Kind.WRITABLE, stream));
        }
        return frame;
    }

    void handleConnectionClosed() {
        if (!isOver()) {
            state = State.CUT;
        }
        pending.clear();
        endpoint.tell(QuicEvent.of(QuicEvent.Kind.WRITABLE, stream));
    }

    private void abandon(long errorCode, long reliableSize, State next) {
        state = next;
        pending.clear();
        endpoint.send(new QuicFrame.ResetStream(stream.id(), errorCode, sent, reliableSize));
        endpoint.tell(QuicEvent.of(QuicEvent.Kind.WRITABLE, stream));
        stream.progressed();
    }

    @Nullable
    String leftovers() {
        if (isOver()) {
            return null;
        }
        return "sending half " + (state == State.OPEN ? "neither finished nor reset" : "waits to send FIN")
                + (pending.size() == 0 ? "" : ", " + pending.size() + " bytes unsent");
    }
}
