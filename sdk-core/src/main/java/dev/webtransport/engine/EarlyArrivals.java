package dev.webtransport.engine;

import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Streams and datagrams that came before their session, in order of arrival (draft-ietf-webtrans-http3-16, section
 * 4.6).
 * Their number is bounded. Those of a session that nobody has asked for yet wait until a deadline only. Bytes of
 * streams are
 * not here: they stay in QUIC, within its windows.
 */
public final class EarlyArrivals {
    /** The deadline of what waits for a session that was asked for: the answer decides about it. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    private final int maxStreams;
    private final int maxDatagrams;
    private final Map<Long, WaitingStream> streams = new LinkedHashMap<>();
    private final Deque<WaitingDatagram> datagrams = new ArrayDeque<>();

    /** A stream that waits. */
    public static final class WaitingStream {
        private final long sessionId;
        private final long streamId;
        private final StreamType type;
        private long deadlineNanos;

        WaitingStream(long sessionId, long streamId, StreamType type, long deadlineNanos) {
            this.sessionId = sessionId;
            this.streamId = streamId;
            this.type = type;
            this.deadlineNanos = deadlineNanos;
        }

        /**
         * The session it waits for.
         *
         * @return the id
         */
        public long sessionId() {
            return sessionId;
        }

        /**
         * The stream.
         *
         * @return the QUIC stream id
         */
        public long streamId() {
            return streamId;
        }

        /**
         * Which kind it is.
         *
         * @return the kind
         */
        public StreamType type() {
            return type;
        }
    }

    private static final class WaitingDatagram {
        final long sessionId;
        final ByteBuffer payload;
        long deadlineNanos;

        WaitingDatagram(long sessionId, ByteBuffer payload, long deadlineNanos) {
            this.sessionId = sessionId;
            this.payload = payload;
            this.deadlineNanos = deadlineNanos;
        }
    }

    /**
     * Nothing waits yet.
     *
     * @param maxStreams how many streams may wait, at least 0
     * @param maxDatagrams how many datagrams may wait, at least 0
     */
    public EarlyArrivals(int maxStreams, int maxDatagrams) {
        this.maxStreams = maxStreams;
        this.maxDatagrams = maxDatagrams;
    }

    /**
     * Lets a stream wait.
     *
     * @param sessionId the session it waits for
     * @param streamId the stream
     * @param type which kind it is
     * @param deadlineNanos until when, or {@link #NO_DEADLINE}
     * @return false if there is no room
     */
    public boolean addStream(long sessionId, long streamId, StreamType type, long deadlineNanos) {
        //= draft-ietf-webtrans-http3-16#4.6
        //# the number of streams that wait is bounded
        if (streams.size() >= maxStreams) {
            return false;
        }
        streams.put(streamId, new WaitingStream(sessionId, streamId, type, deadlineNanos));
        return true;
    }

    /**
     * Lets a datagram wait.
     *
     * @param sessionId the session it waits for
     * @param payload the payload, kept
     * @param deadlineNanos until when, or {@link #NO_DEADLINE}
     * @return false if there is no room
     */
    public boolean addDatagram(long sessionId, ByteBuffer payload, long deadlineNanos) {
        //= draft-ietf-webtrans-http3-16#4.6
        //# the number of datagrams that wait is bounded; those beyond it are dropped
        if (datagrams.size() >= maxDatagrams) {
            return false;
        }
        datagrams.add(new WaitingDatagram(sessionId, payload, deadlineNanos));
        return true;
    }

    /**
     * A stream waits no longer: its peer gave it up.
     *
     * @param streamId the stream; unknown ones are ignored
     */
    public void removeStream(long streamId) {
        streams.remove(streamId);
    }

    /**
     * The session was asked for: what waits for it waits for the answer now, however long that takes.
     *
     * @param sessionId the session
     */
    public void holdFor(long sessionId) {
        for (WaitingStream stream : streams.values()) {
            if (stream.sessionId == sessionId) {
                stream.deadlineNanos = NO_DEADLINE;
            }
        }
        for (WaitingDatagram datagram : datagrams) {
            if (datagram.sessionId == sessionId) {
                datagram.deadlineNanos = NO_DEADLINE;
            }
        }
    }

    /**
     * Takes out the streams of a session.
     *
     * @param sessionId the session
     * @return the streams in order of arrival
     */
    public List<WaitingStream> takeStreams(long sessionId) {
        List<WaitingStream> taken = new ArrayList<>();
        Iterator<WaitingStream> waiting = streams.values().iterator();
        while (waiting.hasNext()) {
            WaitingStream stream = waiting.next();
            if (stream.sessionId == sessionId) {
                waiting.remove();
                taken.add(stream);
            }
        }
        return taken;
    }

    /**
     * Takes out the datagrams of a session.
     *
     * @param sessionId the session
     * @return the payloads in order of arrival
     */
    public List<ByteBuffer> takeDatagrams(long sessionId) {
        List<ByteBuffer> taken = new ArrayList<>();
        Iterator<WaitingDatagram> waiting = datagrams.iterator();
        while (waiting.hasNext()) {
            WaitingDatagram datagram = waiting.next();
            if (datagram.sessionId == sessionId) {
                waiting.remove();
                taken.add(datagram.payload);
            }
        }
        return taken;
    }

    /**
     * Takes out what has waited too long; datagrams among it are dropped.
     *
     * @param nowNanos the time
     * @return the streams, to be refused
     */
    public List<WaitingStream> expire(long nowNanos) {
        List<WaitingStream> expired = new ArrayList<>();
        Iterator<WaitingStream> waiting = streams.values().iterator();
        while (waiting.hasNext()) {
            WaitingStream stream = waiting.next();
            if (stream.deadlineNanos <= nowNanos) {
                waiting.remove();
                expired.add(stream);
            }
        }
        datagrams.removeIf(datagram -> datagram.deadlineNanos <= nowNanos);
        return expired;
    }

    /**
     * When {@link #expire} is due.
     *
     * @return the time, or {@link #NO_DEADLINE}
     */
    public long nextDeadlineNanos() {
        long next = NO_DEADLINE;
        for (WaitingStream stream : streams.values()) {
            next = Math.min(next, stream.deadlineNanos);
        }
        for (WaitingDatagram datagram : datagrams) {
            next = Math.min(next, datagram.deadlineNanos);
        }
        return next;
    }

    /** Forgets everything. */
    public void clear() {
        streams.clear();
        datagrams.clear();
    }

    /**
     * How many streams and datagrams wait.
     *
     * @return the number
     */
    public int size() {
        return streams.size() + datagrams.size();
    }
}
