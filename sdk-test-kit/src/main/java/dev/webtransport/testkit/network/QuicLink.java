package dev.webtransport.testkit.network;

import dev.webtransport.config.QuicConfig;
import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.testkit.quic.FrameListener;
import dev.webtransport.testkit.quic.QuicEndpoint;
import dev.webtransport.testkit.quic.QuicFrame;
import dev.webtransport.transport.QuicCloseReason;
import dev.webtransport.value.Perspective;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection as a whole: both endpoints and the network between them, driven by whoever owns the time. Two links with the
 * same seed that are told the same at the same times do the same.
 */
public final class QuicLink {
    /** How many bytes of a stream go into one frame where the network takes its time: about a packet. */
    private static final int PACKET = 1_200;

    /** And where it does not: there is no use in cutting. */
    private static final int LARGE_FRAME = 64 << 10;

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private final SimulatedNetwork network;
    private final FrameListener listener;
    private final Map<Perspective, QuicEndpoint> ends = new EnumMap<>(Perspective.class);
    private final Map<Direction, SimulatedPath> paths = new EnumMap<>(Direction.class);
    private final FaultInjector faults;
    private final Map<Perspective, Traffic> traffic = new EnumMap<>(Perspective.class);

    /**
     * A connection whose handshake is done.
     *
     * @param clientConfig the transport settings of the client
     * @param serverConfig the transport settings of the server
     * @param network what carries the frames
     * @param number which connection of the network this is: each has chance of its own, from the network's seed
     * @param listener sees every frame that arrives
     * @param nowNanos the time, from any origin, as in every call
     */
    public QuicLink(
            QuicConfig clientConfig,
            QuicConfig serverConfig,
            SimulatedNetwork network,
            long number,
            FrameListener listener,
            long nowNanos) {
        this.network = network;
        this.listener = listener;
        ends.put(Perspective.CLIENT, new QuicEndpoint(Perspective.CLIENT, clientConfig, serverConfig, nowNanos));
        ends.put(Perspective.SERVER, new QuicEndpoint(Perspective.SERVER, serverConfig, clientConfig, nowNanos));
        for (Perspective end : Perspective.values()) {
            traffic.put(end, new Traffic());
        }
        this.faults = new FaultInjector(network, ends);
        for (Direction direction : Direction.values()) {
            long seed = network.seed() + GOLDEN_GAMMA * (2 * number + direction.ordinal());
            Traffic ofSender = traffic.get(direction.sender());
            paths.put(
                    direction,
                    new SimulatedPath(
                            network, direction, seed, frame -> faults.holds(direction, frame), ofSender::handleLost));
        }
        faults.handleChange();
        measurePaths();
    }

    private void measurePaths() {
        for (Direction direction : Direction.values()) {
            end(direction.sender())
                    .setMaxDatagramSize(network.conditions(direction).maxDatagramSize());
        }
    }

    /**
     * One end.
     *
     * @param perspective which
     * @return the endpoint
     */
    public QuicEndpoint end(Perspective perspective) {
        return ends.get(perspective);
    }

    /**
     * What one end has sent, received and lost so far.
     *
     * @param perspective which
     * @return counters that go on counting
     */
    public Traffic traffic(Perspective perspective) {
        return traffic.get(perspective);
    }

    /**
     * Moves everything that can move now, until nothing does.
     *
     * @param nowNanos the time
     */
    public void drive(long nowNanos) {
        while (step(nowNanos)) {
            // Again: what arrived may have made more.
        }
    }

    /**
     * Lets each end send what it can, and each take in what has arrived.
     *
     * @param nowNanos the time
     * @return whether anything moved
     */
    public boolean step(long nowNanos) {
        boolean moved = false;
        for (Direction direction : Direction.values()) {
            moved |= send(direction, nowNanos);
        }
        for (Direction direction : Direction.values()) {
            SimulatedPath path = paths.get(direction);
            for (QuicFrame frame = path.pollArrival(nowNanos); frame != null; frame = path.pollArrival(nowNanos)) {
                deliver(direction, frame, nowNanos);
                moved = true;
            }
        }
        return moved;
    }

    /**
     * Takes the passing of time, and moves what can move.
     *
     * @param nowNanos the time
     */
    public void handleTimeout(long nowNanos) {
        for (QuicEndpoint end : ends.values()) {
            if (end.pollTimeoutNanos() <= nowNanos) {
                end.handleTimeout(nowNanos);
            }
        }
        drive(nowNanos);
    }

    /**
     * When {@link #handleTimeout} is due.
     *
     * @param nowNanos the time
     * @return the time; Long.MAX_VALUE for never
     */
    public long pollTimeoutNanos(long nowNanos) {
        long next = Long.MAX_VALUE;
        for (QuicEndpoint end : ends.values()) {
            next = Math.min(next, end.pollTimeoutNanos());
        }
        for (SimulatedPath path : paths.values()) {
            next = Math.min(next, path.pollTimeoutNanos(nowNanos));
        }
        return next;
    }

    /**
     * Takes a change of the network, and moves what can move.
     *
     * @param nowNanos the time
     */
    public void handleNetworkChange(long nowNanos) {
        measurePaths();
        for (Perspective end : Perspective.values()) {
            if (network.isDead(end)) {
                end(end).abandon(new QuicCloseReason.Internal("the " + end + " was killed by the simulated network"));
                for (SimulatedPath path : paths.values()) {
                    path.clear();
                }
            }
        }
        faults.handleChange();
        for (SimulatedPath path : paths.values()) {
            path.handleChange();
        }
        drive(nowNanos);
    }

    /**
     * Ends both ends without a word.
     *
     * @param reason what their users are told
     */
    public void abandon(QuicCloseReason reason) {
        for (QuicEndpoint end : ends.values()) {
            end.abandon(reason);
        }
        for (SimulatedPath path : paths.values()) {
            path.clear();
        }
    }

    /**
     * The streams whose FIN one end has sent and the other not received yet.
     *
     * @param sender the end that sent
     * @return their ids
     */
    public Set<Long> finsUnderWay(Perspective sender) {
        for (Map.Entry<Direction, SimulatedPath> path : paths.entrySet()) {
            if (path.getKey().sender() == sender) {
                return path.getValue().finsUnderWay();
            }
        }
        throw new IllegalStateException("no path from the " + sender);
    }

    /**
     * Whether both ends have ended.
     *
     * @return true at the end
     */
    public boolean isOver() {
        for (QuicEndpoint end : ends.values()) {
            if (!end.isClosed()) {
                return false;
            }
        }
        return true;
    }

    private boolean send(Direction direction, long nowNanos) {
        SimulatedPath path = paths.get(direction);
        QuicEndpoint sender = end(direction.sender());
        boolean moved = false;
        while (path.canSend(nowNanos)) {
            boolean immediate = path.isImmediate();
            QuicFrame frame = sender.pollTransmit(immediate ? LARGE_FRAME : PACKET, nowNanos);
            if (frame == null) {
                break;
            }
            moved = true;
            traffic.get(direction.sender()).handleSent(frame);
            if (immediate) {
                faults.leaving(direction, frame);
                deliver(direction, frame, nowNanos);
            } else {
                send(direction, path, frame, nowNanos);
            }
        }
        return moved;
    }

    private void send(Direction direction, SimulatedPath path, QuicFrame frame, long nowNanos) {
        FaultInjector.Leaving leaving = faults.leaving(direction, frame);
        if (leaving.copies() == 0) {
            traffic.get(direction.sender()).handleLost(frame);
        }
        for (int copy = 0; copy < leaving.copies(); copy++) {
            path.send(leaving.frame(), nowNanos);
        }
        @Nullable QuicFrame after = leaving.after();
        if (after != null) {
            path.send(after, nowNanos);
        }
    }

    private void deliver(Direction direction, QuicFrame frame, long nowNanos) {
        QuicFrame arriving = frame;
        if (frame instanceof QuicFrame.Stream data) {
            int bytes = faults.bytesBeforeClose(direction, data);
            arriving = bytes < data.length() ? data.prefix(bytes) : data;
        }
        QuicEndpoint receiver = end(direction.opposite().sender());
        if (!receiver.isClosed()) {
            listener.handleFrame(direction, arriving, nowNanos);
            traffic.get(direction.opposite().sender()).handleReceived(arriving);
            receiver.handleFrame(arriving, nowNanos);
            faults.arrived(direction, arriving);
        }
    }
}
