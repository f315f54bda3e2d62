package dev.webtransport.testkit.quic;

import dev.webtransport.config.QuicConfig;
import dev.webtransport.transport.QuicCloseReason;
import dev.webtransport.transport.QuicConnectionException;
import dev.webtransport.value.DatagramStatus;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One end of a QUIC connection whose handshake is done, as a machine: it takes frames, commands and the time, and gives
 * frames and events. Streams, credit, datagrams, close, idle timeout and keep-alive are as RFC 9000 and RFC 9221 say; there
 * are no packets, so nothing is lost but what the network below drops.
 *
 * <p>The network must keep the order of the STREAM frames of each stream. Not for several threads at once.
 */
public final class QuicEndpoint {
    /** The largest datagram, in bytes: about what fits a QUIC packet on every path. */
    public static final int MAX_DATAGRAM_SIZE = 1_200;

    private int maxDatagramSize = MAX_DATAGRAM_SIZE;

    private static final int MAX_REASON_BYTES = 1_000;
    private static final int CONTINUATION_MASK = 0xC0;
    private static final int CONTINUATION = 0x80;

    private final Perspective perspective;
    private final QuicConfig config;
    private final QuicConfig peerConfig;
    private final StreamLimits bidirectional;
    private final StreamLimits unidirectional;
    private final Map<Long, EndpointStream> streams = new LinkedHashMap<>();
    private final ReceiveCredit credit;
    private final IdleTimer idle;
    private final SendQueue outgoing;
    private final ArrayDeque<byte[]> incomingDatagrams = new ArrayDeque<>();
    private final ArrayDeque<QuicEvent> events = new ArrayDeque<>();
    private @Nullable QuicCloseReason closeReason;
    private boolean ackDue;
    private int maxReadSize = Integer.MAX_VALUE;
    private long datagramsDropped;

    /**
     * An end of a new connection.
     *
     * @param perspective which end
     * @param config what this end allows the peer, and its buffers and timeouts
     * @param peerConfig what the peer declared in its transport parameters
     * @param nowNanos the time, from any origin, as in every call
     */
    public QuicEndpoint(Perspective perspective, QuicConfig config, QuicConfig peerConfig, long nowNanos) {
        this.perspective = perspective;
        this.config = config;
        this.peerConfig = peerConfig;
        this.bidirectional = new StreamLimits(
                peerConfig.maxIncomingBidirectionalStreams(), config.maxIncomingBidirectionalStreams());
        this.unidirectional = new StreamLimits(
                peerConfig.maxIncomingUnidirectionalStreams(), config.maxIncomingUnidirectionalStreams());
        this.credit = new ReceiveCredit(config.maxData());
        this.outgoing = new SendQueue(config.datagrams().outgoingQueueLength(), peerConfig.maxData());
        this.idle = new IdleTimer(config, peerConfig, nowNanos);
    }

    /**
     * Which end this is.
     *
     * @return the perspective
     */
    public Perspective perspective() {
        return perspective;
    }

    /**
     * The settings of this end.
     *
     * @return the settings
     */
    public QuicConfig config() {
        return config;
    }

    // ---- commands

    /**
     * Opens a stream. The peer learns of it with its first frame.
     *
     * @param type which kind
     * @return the stream, or null without credit (an event STREAM_CREDIT tells when there is some) and after the end
     */
    public @Nullable EndpointStream openStream(StreamType type) {
        long sequence = isClosed() ? -1 : limits(type).open();
        if (sequence < 0) {
            return null;
        }
        return add(StreamIds.id(sequence, type, perspective));
    }

    /**
     * The next stream of the peer.
     *
     * @param type which kind
     * @return the stream, or null when none waits
     */
    public @Nullable EndpointStream acceptStream(StreamType type) {
        EndpointStream stream = limits(type).accept();
        if (stream != null) {
            stream.accept();
        }
        return stream;
    }

    /**
     * The longest datagram that can be sent now.
     *
     * @return the size of the payload in bytes
     */
    public int maxDatagramSize() {
        return maxDatagramSize;
    }

    /**
     * Learns what the path carries.
     *
     * @param bytes the longest payload of a datagram
     */
    public void setMaxDatagramSize(int bytes) {
        maxDatagramSize = Math.min(bytes, MAX_DATAGRAM_SIZE);
    }

    /**
     * Queues a datagram, and takes all of it whatever the answer.
     *
     * @param data the payload
     * @return BLOCKED with a full queue and after the end
     */
    public DatagramStatus sendDatagram(ByteBuffer data) {
        if (data.remaining() > maxDatagramSize) {
            Buffer taken = data;
            taken.position(taken.limit());
            return DatagramStatus.TOO_LARGE;
        }
        byte[] payload = new byte[data.remaining()];
        data.get(payload);
        return !isClosed() && outgoing.addDatagram(payload) ? DatagramStatus.SENT : DatagramStatus.BLOCKED;
    }

    /**
     * Whether {@link #sendDatagram} would take another datagram.
     *
     * @return false with a full queue
     */
    public boolean hasDatagramRoom() {
        return outgoing.hasDatagramRoom();
    }

    /**
     * The next datagram of the peer.
     *
     * @return the payload, or null when none waits
     */
    public @Nullable ByteBuffer receiveDatagram() {
        byte[] payload = incomingDatagrams.pollFirst();
        return payload == null ? null : ByteBuffer.wrap(payload);
    }

    /**
     * Closes the connection; the first close wins.
     *
     * @param errorCode 0 to 2^62-1
     * @param reason goes to the peer, cut to what fits a packet
     */
    public void close(long errorCode, String reason) {
        EndpointStream.checkErrorCode(errorCode);
        if (!isClosed()) {
            end(new QuicCloseReason.Local(errorCode, reason));
            outgoing.add(new QuicFrame.ConnectionClose(errorCode, cut(reason)));
        }
    }

    /**
     * Ends this end without a word to the peer: its engine goes away, or it dies.
     *
     * @param reason what its users are told
     */
    public void abandon(QuicCloseReason reason) {
        if (!isClosed()) {
            end(reason);
        }
    }

    /**
     * Lets each read move at most so many bytes, on all streams from now on; for faults.
     *
     * @param bytes at least 1
     */
    public void setMaxReadSize(int bytes) {
        maxReadSize = bytes;
        for (EndpointStream stream : streams.values()) {
            limitReads(stream);
        }
    }

    // ---- answers

    /**
     * How the connection ended.
     *
     * @return the reason; null while it lives
     */
    public @Nullable QuicCloseReason closeReason() {
        return closeReason;
    }

    /**
     * Whether the connection has ended for this end.
     *
     * @return true after the end
     */
    public boolean isClosed() {
        return closeReason != null;
    }

    /**
     * Throws what ended the connection, each time anew.
     *
     * @throws QuicConnectionException if it has ended
     */
    public void throwIfClosed() throws QuicConnectionException {
        if (closeReason != null) {
            throw new QuicConnectionException(closeReason, null);
        }
    }

    /**
     * The streams that have not ended at this end, oldest first.
     *
     * @return a view
     */
    public Collection<EndpointStream> streams() {
        return Collections.unmodifiableCollection(streams.values());
    }

    /**
     * A stream that has not ended at this end.
     *
     * @param id the stream id
     * @return the stream, or null
     */
    public @Nullable EndpointStream stream(long id) {
        return streams.get(id);
    }

    /**
     * Received datagrams that nobody has taken.
     *
     * @return the number
     */
    public int unreadDatagrams() {
        return incomingDatagrams.size();
    }

    /**
     * Received datagrams that were dropped because their queue was full.
     *
     * @return the number since the connection began
     */
    public long droppedDatagrams() {
        return datagramsDropped;
    }

    /**
     * Bytes this end has sent on all streams, which the peer counts against the credit it gave.
     *
     * @return the sum of offsets
     */
    public long dataSent() {
        return outgoing.dataSent();
    }

    /**
     * The peer's credit for all streams.
     *
     * @return the highest sum of offsets that may be sent
     */
    public long maxData() {
        return outgoing.maxData();
    }

    /**
     * Bytes that arrived on all streams, those of streams that were reset as far as their final size.
     *
     * @return the sum of offsets
     */
    public long dataReceived() {
        return credit.received();
    }

    /**
     * Bytes of all streams that were read, or never will be.
     *
     * @return the number of bytes
     */
    public long dataConsumed() {
        return credit.consumed();
    }

    // ---- machine

    /**
     * Takes a frame of the peer.
     *
     * @param frame what arrived
     * @param nowNanos the time
     */
    public void handleFrame(QuicFrame frame, long nowNanos) {
        if (isClosed()) {
            return;
        }
        idle.handleReceived(nowNanos);
        ackDue |= !(frame instanceof QuicFrame.Ack);
        if (frame instanceof QuicFrame.Stream data) {
            ReceiveHalf half = receiver(data.streamId());
            if (half != null) {
                half.handleStream(data);
            }
        } else if (frame instanceof QuicFrame.ResetStream reset) {
            ReceiveHalf half = receiver(reset.streamId());
            if (half != null) {
                half.handleReset(reset);
            }
        } else if (frame instanceof QuicFrame.StopSending stop) {
            SendHalf half = sender(stop.streamId());
            if (half != null) {
                half.handleStopSending(stop.errorCode());
            }
        } else if (frame instanceof QuicFrame.MaxStreamData max) {
            SendHalf half = sender(max.streamId());
            if (half != null) {
                half.handleMaxStreamData(max.limit());
            }
        } else if (frame instanceof QuicFrame.MaxData max) {
            outgoing.handleMaxData(max.limit());
        } else if (frame instanceof QuicFrame.MaxStreams max) {
            if (limits(max.type()).handleMaxStreams(max.limit())) {
                tell(QuicEvent.of(QuicEvent.Kind.STREAM_CREDIT, max.type()));
            }
        } else if (frame instanceof QuicFrame.Datagram datagram) {
            handleDatagram(datagram);
        } else if (frame instanceof QuicFrame.ConnectionClose close) {
            end(new QuicCloseReason.Application(close.errorCode(), close.reason()));
        }
    }

    /**
     * Takes the passing of time.
     *
     * @param nowNanos the time
     */
    public void handleTimeout(long nowNanos) {
        if (isClosed()) {
            return;
        }
        if (idle.isTimedOut(nowNanos)) {
            end(new QuicCloseReason.TimedOut(
                    "nothing was heard for " + idle.timeout().toMillis() + " ms"));
        } else if (idle.pollPing(nowNanos)) {
            outgoing.add(QuicFrame.Ping.INSTANCE);
        }
    }

    /**
     * When {@link #handleTimeout} is due.
     *
     * @return the time; Long.MAX_VALUE for never
     */
    public long pollTimeoutNanos() {
        return isClosed() ? Long.MAX_VALUE : idle.pollTimeoutNanos();
    }

    /**
     * The next frame for the peer.
     *
     * @param maxStreamBytes how many bytes a STREAM frame may carry, at least 1
     * @param nowNanos the time
     * @return the frame, or null when there is nothing to send now
     */
    public @Nullable QuicFrame pollTransmit(int maxStreamBytes, long nowNanos) {
        boolean hadRoom = outgoing.hasDatagramRoom();
        QuicFrame frame = outgoing.poll(maxStreamBytes);
        if (!hadRoom && outgoing.hasDatagramRoom()) {
            tell(QuicEvent.of(QuicEvent.Kind.DATAGRAM_ROOM));
        }
        if (frame == null && ackDue && !isClosed()) {
            frame = QuicFrame.Ack.INSTANCE;
        }
        if (frame != null) {
            ackDue = false;
            idle.handleSent(frame, nowNanos);
        }
        return frame;
    }

    /**
     * The next event.
     *
     * @return the event, or null when there is none
     */
    public @Nullable QuicEvent pollEvent() {
        return events.pollFirst();
    }

    @Override
    public String toString() {
        return perspective + " endpoint";
    }

    private void handleDatagram(QuicFrame.Datagram datagram) {
        if (incomingDatagrams.size() == config.datagrams().incomingQueueLength()) {
            incomingDatagrams.removeFirst();
            datagramsDropped++;
        }
        incomingDatagrams.addLast(datagram.bytes());
        tell(QuicEvent.of(QuicEvent.Kind.DATAGRAM));
    }

    private @Nullable ReceiveHalf receiver(long id) {
        EndpointStream stream = known(id);
        return stream == null ? null : stream.receiveOrNull();
    }

    private @Nullable SendHalf sender(long id) {
        EndpointStream stream = known(id);
        return stream == null ? null : stream.sendOrNull();
    }

    /** The stream of a frame; null when it is over and forgotten. */
    private @Nullable EndpointStream known(long id) {
        EndpointStream stream = streams.get(id);
        if (stream == null && StreamIds.opener(id) != perspective) {
            StreamType type = StreamIds.type(id);
            if (limits(type).isNew(StreamIds.sequence(id))) {
                stream = add(id);
                limits(type).arrived(stream);
                tell(QuicEvent.of(QuicEvent.Kind.STREAM_ARRIVED, type));
            }
        }
        return stream;
    }

    private EndpointStream add(long id) {
        EndpointStream stream = new EndpointStream(this, id, peerConfig.maxStreamData(), receiveWindow());
        limitReads(stream);
        streams.put(id, stream);
        return stream;
    }

    private void limitReads(EndpointStream stream) {
        ReceiveHalf half = stream.receiveOrNull();
        if (half != null) {
            half.setMaxReadSize(maxReadSize);
        }
    }

    private long receiveWindow() {
        return Math.min(config.maxStreamData(), ByteRing.MAX_SIZE);
    }

    private StreamLimits limits(StreamType type) {
        return type == StreamType.BIDIRECTIONAL ? bidirectional : unidirectional;
    }

    private void end(QuicCloseReason reason) {
        closeReason = reason;
        outgoing.clear();
        if (arrivalsAreGone()) {
            incomingDatagrams.clear();
            bidirectional.forgetWaiting();
            unidirectional.forgetWaiting();
        }
        for (EndpointStream stream : streams.values()) {
            SendHalf send = stream.sendOrNull();
            if (send != null) {
                send.handleConnectionClosed();
            }
            ReceiveHalf receive = stream.receiveOrNull();
            if (receive != null) {
                receive.handleConnectionClosed();
            }
        }
        streams.clear();
        tell(QuicEvent.of(QuicEvent.Kind.CLOSED));
    }

    /** What a packet holds of a reason: the first bytes of its UTF-8, to the end of a code point. */
    private static String cut(String reason) {
        byte[] bytes = reason.getBytes(StandardCharsets.UTF_8);
        int end = Math.min(bytes.length, MAX_REASON_BYTES);
        while (end < bytes.length && (bytes[end] & CONTINUATION_MASK) == CONTINUATION) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    // ---- what streams do

    /**
     * What arrived before the end is still delivered when the end came from outside. It is gone when this end closed: then
     * nobody here wants it, and a reader must not take the rest for the whole.
     */
    boolean arrivalsAreGone() {
        return closeReason instanceof QuicCloseReason.Local || closeReason instanceof QuicCloseReason.Internal;
    }

    void throwIfArrivalsAreGone() throws QuicConnectionException {
        if (arrivalsAreGone()) {
            throwIfClosed();
        }
    }

    void send(QuicFrame frame) {
        if (isClosed()) {
            return;
        }
        outgoing.add(frame);
        if (frame instanceof QuicFrame.ResetStream reset) {
            EndpointStream stream = streams.get(reset.streamId());
            if (stream != null) {
                outgoing.remove(stream);
            }
        }
    }

    void wantsToSend(EndpointStream stream) {
        outgoing.add(stream);
    }

    void received(EndpointStream stream, ReceiveCredit ofStream, long count) {
        if (!(ofStream.receive(count) & credit.receive(count))) {
            throw new IllegalStateException("the peer exceeds its credit on " + stream);
        }
    }

    void consumed(long count) {
        credit.consume(count);
        long limit = credit.pollLimit();
        if (limit >= 0) {
            send(new QuicFrame.MaxData(limit));
        }
    }

    void prioritize(EndpointStream stream, Object group, long order) {
        if (!isClosed() && streams.containsKey(stream.id())) {
            outgoing.prioritize(stream, group, order);
        }
    }

    void forget(EndpointStream stream, boolean opened) {
        streams.remove(stream.id());
        outgoing.forget(stream);
        if (!opened) {
            //= rfc9000#4.6
            //# the limit is cumulative: it grows when a stream of the peer has ended, it never shrinks
            send(new QuicFrame.MaxStreams(stream.type(), limits(stream.type()).grant()));
        }
    }

    void tell(QuicEvent event) {
        events.addLast(event);
    }
}
