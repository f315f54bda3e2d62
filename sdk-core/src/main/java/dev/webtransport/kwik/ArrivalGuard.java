package dev.webtransport.kwik;

import java.net.DatagramPacket;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Decides which arriving datagrams are dropped because Kwik cannot keep up. Safe for several threads.
 *
 * <p>How far it is behind is seen by how long ago a packet arrived that is processed now. A peer whose packets have waited for longer
 * than {@link #MAX_DELAY} is not heard until the queue is shorter; QUIC repeats what must arrive. So a queue holds what
 * comes in within that time.
 */
final class ArrivalGuard {
    /** Beyond any delay of a healthy connection; at full speed of a processor some thousands of packets. */
    private static final Duration MAX_DELAY = Duration.ofMillis(50);

    /** How long a peer is not heard, unless a packet tells that the queue is short again. */
    private static final long DEAF_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** A handshake takes some 3 ms of a processor; Kwik remembers each first packet for 30 seconds. */
    private static final int MAX_INITIALS_PER_SECOND = 2000;

    /** RFC 9000, section 17.2.2: the first bits of an Initial packet, which are not encrypted. */
    private static final int INITIAL_MASK = 0xf0;

    private static final int INITIAL = 0xc0;

    private final Map<SocketAddress, Long> deafUntil = new ConcurrentHashMap<>();
    private long secondBegan = System.nanoTime();
    private int initials;

    /**
     * A packet is processed now.
     *
     * @param peer from whom
     * @param arrived when it arrived
     */
    void handleProcessed(SocketAddress peer, Instant arrived) {
        if (Duration.between(arrived, Instant.now()).compareTo(MAX_DELAY) > 0) {
            deafUntil.put(peer, System.nanoTime() + DEAF_NANOS);
        } else if (!deafUntil.isEmpty()) {
            deafUntil.remove(peer);
        }
    }

    /** A connection has ended. */
    void forget(SocketAddress peer) {
        deafUntil.remove(peer);
    }

    /** Whether a datagram may pass. On the one thread that reads the socket. */
    boolean accepts(DatagramPacket packet) {
        if (packet.getLength() > 0 && (packet.getData()[packet.getOffset()] & INITIAL_MASK) == INITIAL) {
            return acceptsInitial();
        }
        if (deafUntil.isEmpty()) {
            return true;
        }
        Long until = deafUntil.get(packet.getSocketAddress());
        return until == null || System.nanoTime() - until > 0;
    }

    private boolean acceptsInitial() {
        long now = System.nanoTime();
        if (now - secondBegan > TimeUnit.SECONDS.toNanos(1)) {
            secondBegan = now;
            initials = 0;
        }
        return ++initials <= MAX_INITIALS_PER_SECOND;
    }
}
