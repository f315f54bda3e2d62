package dev.webtransport.netty;

import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * One connection as {@link StopSendingObserver} sees it: the peer's keys, where its packet numbers are, and the codes
 * of the streams it stopped.
 *
 * <p>Everything is to be called on the connection's event loop.
 */
final class ObservedConnection {
    /** A packet that comes this far after the last one is authenticated before its number is believed. */
    private static final int LARGEST_BELIEVED_STEP = 64;

    /** How many other numbers are tried, below and above, for a packet that cannot be opened with the nearest one. */
    private static final int OTHER_NUMBERS = 4;

    /** How many packets in a row may be tried with other numbers, so that forged ones cost little. */
    private static final int MAX_GUESSED_PACKETS = 32;

    private final SSLEngine engine;
    private final PeerPacketListener listener;
    private final StopCodeTable codes = new StopCodeTable();

    private @Nullable List<Suite> suites;
    private @Nullable Phase phase;
    private long largest = -1;
    private int guessesLeft = MAX_GUESSED_PACKETS;
    private long opened;
    private boolean closed;

    ObservedConnection(SSLEngine engine, PeerPacketListener listener) {
        this.engine = engine;
        this.listener = listener;
    }

    /**
     * Whether the secret of the peer is known, which it is from the moment the channel is active, if
     * {@link PeerTrafficSecrets} is the key log of the connection's TLS context.
     */
    boolean canRead() {
        return phase != null || suites() != null;
    }

    /**
     * The peer's code for a stream it stopped.
     *
     * @return the application error code, 0 to 2^62-1; null if STOP_SENDING was not seen, which may be for want of keys,
     *     after a change of the peer's address, or because more than {@link StopCodeTable#MAX_STREAMS} other streams were
     *     stopped since
     */
    @Nullable
    Long codeOf(long streamId) {
        return codes.get(streamId);
    }

    /** Lets go of the code of a stream that is over. */
    void forget(long streamId) {
        codes.remove(streamId);
    }

    /** How many packets were deciphered whole and authenticated; all others were only looked at. */
    long opened() {
        return opened;
    }

    /** A 1-RTT packet of this connection arrived, as its id or its keys tell. */
    void handlePacket() {
        listener.onPacket();
    }

    void close() {
        closed = true;
        suites = null;
        phase = null;
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Looks for STOP_SENDING in a packet.
     *
     * @param packet looked at already
     * @param known whether the connection id is known to be this connection's
     * @return whether the packet was authenticated
     */
    boolean observe(ProtectedPacket packet, boolean known) {
        if (closed) {
            return false;
        }
        Phase current = phase;
        return current == null ? observeFirst(packet) : observe(packet, known, current);
    }

    private boolean observe(ProtectedPacket packet, boolean known, Phase current) {
        packet.unmask(current.headerProtection);
        long number = packet.number(largest);
        if (packet.keyPhase() != current.bit) {
            return observeOtherPhase(packet, number, current);
        }
        boolean plausible = known && !packet.hasReservedBits() && number <= largest + LARGEST_BELIEVED_STEP;
        if (plausible && packet.scan(current.keys, number) == FrameScanner.Outcome.NONE) {
            largest = Math.max(largest, number);
            return false;
        }
        // Something is there, or nothing makes sense: only now is the whole packet worth deciphering.
        Opened result = open(packet, current.keys, number);
        if (result == null) {
            return false;
        }
        current.start = Math.min(current.start, result.number);
        take(result);
        return true;
    }

    /** A packet of the phase before or after the current one (RFC 9001 sections 6.3 and 6.5). */
    private boolean observeOtherPhase(ProtectedPacket packet, long number, Phase current) {
        PacketKeys before = current.keysBefore;
        boolean late = before != null && number < current.start;
        PacketKeys keys = late ? before : current.keysAfter();
        Opened result = open(packet, keys, number);
        if (result == null) {
            return false;
        }
        if (!late) {
            current.advance(result.number);
        }
        take(result);
        return true;
    }

    /** The first packet tells which suite the handshake chose. */
    private boolean observeFirst(ProtectedPacket packet) {
        List<Suite> candidates = suites();
        if (candidates == null) {
            return false;
        }
        for (Suite suite : candidates) {
            packet.unmask(suite.headerProtection);
            PacketKeys keys = packet.keyPhase() ? suite.keys.next() : suite.keys;
            Opened result = open(packet, keys, packet.number(largest));
            if (result != null) {
                phase = new Phase(suite.headerProtection, keys, packet.keyPhase(), result.number);
                suites = null;
                take(result);
                return true;
            }
        }
        return false;
    }

    private @Nullable List<Suite> suites() {
        if (suites == null && !closed) {
            byte[] secret = PeerTrafficSecrets.take(engine);
            if (secret != null) {
                suites = new ArrayList<>();
                for (PacketSuite suite : PacketSuite.withSecretOf(secret.length)) {
                    suites.add(new Suite(suite, secret));
                }
            }
        }
        return suites;
    }

    private @Nullable Opened open(ProtectedPacket packet, PacketKeys keys, long number) {
        byte[] payload = packet.open(keys, number);
        if (payload == null && guessesLeft > 0) {
            // The numbers may have been lost sight of; the tag tells which guess is right.
            for (int i = 1; i <= OTHER_NUMBERS && payload == null; i++) {
                long step = i * packet.numberWindow();
                long nearest = packet.number(largest);
                number = nearest + step;
                payload = packet.open(keys, number);
                if (payload == null && nearest - step >= 0) {
                    number = nearest - step;
                    payload = packet.open(keys, number);
                }
            }
            guessesLeft--;
        }
        if (payload == null) {
            return null;
        }
        opened++;
        guessesLeft = MAX_GUESSED_PACKETS;
        return new Opened(number, payload);
    }

    private void take(Opened packet) {
        largest = Math.max(largest, packet.number);
        FrameScanner.scan(FrameBytes.of(packet.payload), (streamId, errorCode) -> {
            if (!closed && codes.put(streamId, errorCode)) {
                listener.onStopSending(streamId, errorCode);
            }
        });
    }

    /** An authenticated packet. */
    private static final class Opened {
        final long number;
        final byte[] payload;

        Opened(long number, byte[] payload) {
            this.number = number;
            this.payload = payload;
        }
    }

    /** What the keys are if this is the suite. */
    private static final class Suite {
        final KeyStream headerProtection;
        final PacketKeys keys;

        Suite(PacketSuite suite, byte[] secret) {
            headerProtection = PacketKeys.headerProtection(suite, secret);
            keys = new PacketKeys(suite, secret);
        }
    }

    /** The key phase the peer is in. */
    private static final class Phase {
        final KeyStream headerProtection;
        PacketKeys keys;

        @Nullable
        PacketKeys keysBefore;

        private @Nullable PacketKeys keysAfter;
        boolean bit;
        long start;

        Phase(KeyStream headerProtection, PacketKeys keys, boolean bit, long start) {
            this.headerProtection = headerProtection;
            this.keys = keys;
            this.bit = bit;
            this.start = start;
        }

        PacketKeys keysAfter() {
            PacketKeys after = keysAfter;
            if (after == null) {
                after = keys.next();
                keysAfter = after;
            }
            return after;
        }

        void advance(long firstNumber) {
            keysBefore = keys;
            keys = keysAfter();
            keysAfter = null;
            bit = !bit;
            start = firstNumber;
        }
    }
}
