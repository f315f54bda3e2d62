package dev.webtransport.kwik;

import java.net.DatagramPacket;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Decides which arriving datagrams are dropped because Kwik cannot keep up. Safe for several threads.
 *
 * <p>That it is behind is seen by how long ago a packet arrived that is processed now. From then on the datagrams of that peer are
 * counted, in and out, and what is too much for the queue is dropped; QUIC repeats what must arrive. A short pause of this process
 * alone drops nothing.
 */
final class ArrivalGuard {
    /** Beyond any delay of a healthy connection. */
    private static final Duration MAX_DELAY = Duration.ofMillis(50);

    /** How many datagrams of a peer may wait while Kwik is behind: 1.5 MB, and more than a window of 1 MB. */
    static final int MAX_WAITING = 1024;

    /** When nothing has been processed for so long, what was counted says nothing any more. */
    private static final long FORGET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Beyond so many peers that Kwik was behind with, those are forgotten of whom nothing was processed for {@link #FORGET_NANOS}. */
    static final int MAX_STALE = 256;

    /** A handshake takes some 3 ms of a processor; Kwik remembers each first packet for 30 seconds. */
    private static final int MAX_INITIALS_PER_SECOND = 2000;

    /** RFC 9000, section 17.2.2: the first bits of an Initial packet, which are not encrypted. */
    private static final int INITIAL_MASK = 0xf0;

    private static final int INITIAL = 0xc0;

    private final Map<SocketAddress, Backlog> late = new ConcurrentHashMap<>();
    private final LongSupplier nanoTime;
    private long secondBegan;
    private int initials;

    private static final class Backlog {
        private final AtomicInteger waiting = new AtomicInteger();
        private volatile long reported;

        Backlog(long reported) {
            this.reported = reported;
        }
    }

    /** A guard that drops nothing yet. */
    ArrivalGuard() {
        this(System::nanoTime);
    }

    /** With a clock in nanoseconds, for tests. */
    ArrivalGuard(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        secondBegan = nanoTime.getAsLong();
    }

    /**
     * A packet is processed now.
     *
     * @param peer from whom
     * @param arrived when it arrived
     */
    void handleProcessed(SocketAddress peer, Instant arrived) {
        if (Duration.between(arrived, Instant.now()).compareTo(MAX_DELAY) > 0) {
            long now = nanoTime.getAsLong();
            Backlog backlog = late.get(peer);
            if (backlog == null) {
                forgetStale(now);
                backlog = late.computeIfAbsent(peer, any -> new Backlog(now));
            }
            backlog.reported = now;
            backlog.waiting.updateAndGet(count -> Math.max(0, count - 1));
        } else if (!late.isEmpty()) {
            late.remove(peer);
        }
    }

    /** The last packets of a connection are processed after its end, and its peer is never heard of again. */
    private void forgetStale(long now) {
        if (late.size() >= MAX_STALE) {
            late.values().removeIf(backlog -> now - backlog.reported > FORGET_NANOS);
        }
    }

    /** How many peers Kwik is, or was, behind with. */
    int size() {
        return late.size();
    }

    /** A connection has ended. */
    void forget(SocketAddress peer) {
        late.remove(peer);
    }

    /** Whether a datagram may pass. On the one thread that reads the socket. */
    boolean accepts(DatagramPacket packet) {
        if (packet.getLength() > 0 && (packet.getData()[packet.getOffset()] & INITIAL_MASK) == INITIAL) {
            return acceptsInitial();
        }
        if (late.isEmpty()) {
            return true;
        }
        SocketAddress peer = packet.getSocketAddress();
        Backlog backlog = late.get(peer);
        if (backlog == null) {
            return true;
        }
        if (nanoTime.getAsLong() - backlog.reported > FORGET_NANOS) {
            late.remove(peer, backlog);
            return true;
        }
        return backlog.waiting.incrementAndGet() <= MAX_WAITING;
    }

    private boolean acceptsInitial() {
        long now = nanoTime.getAsLong();
        if (now - secondBegan > TimeUnit.SECONDS.toNanos(1)) {
            secondBegan = now;
            initials = 0;
        }
        return ++initials <= MAX_INITIALS_PER_SECOND;
    }
}
