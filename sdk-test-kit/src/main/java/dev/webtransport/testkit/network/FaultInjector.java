package dev.webtransport.testkit.network;

import dev.webtransport.testkit.fault.Fault;
import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.testkit.quic.EndpointStream;
import dev.webtransport.testkit.quic.QuicEndpoint;
import dev.webtransport.testkit.quic.QuicFrame;
import dev.webtransport.value.Perspective;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Carries out the faults of a network on one connection. */
final class FaultInjector {
    private final SimulatedNetwork network;
    private final Map<Perspective, QuicEndpoint> ends;
    private final Map<Direction, Counters> counters = new EnumMap<>(Direction.class);
    private final Set<Fault> done = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Fault, EndpointStream> paused = new IdentityHashMap<>();
    private final Set<Perspective> bytewise = EnumSet.noneOf(Perspective.class);

    FaultInjector(SimulatedNetwork network, Map<Perspective, QuicEndpoint> ends) {
        this.network = network;
        this.ends = ends;
        for (Direction direction : Direction.values()) {
            counters.put(direction, new Counters());
        }
    }

    /** Looks again at those faults that concern an end rather than what travels. */
    void handleChange() {
        for (Perspective reader : Perspective.values()) {
            boolean slow = isBytewise(Direction.from(reader).opposite());
            if (slow ? bytewise.add(reader) : bytewise.remove(reader)) {
                end(reader).setMaxReadSize(slow ? 1 : Integer.MAX_VALUE);
            }
        }
        done.removeIf(fault -> !network.activeFaults().contains(fault));
        paused.entrySet().removeIf(entry -> {
            boolean lifted = !network.activeFaults().contains(entry.getKey());
            if (lifted) {
                entry.getValue().receive().setPaused(false);
            }
            return lifted;
        });
    }

    /**
     * A frame leaves an end: how often it enters the network. For a reset the half of the stream is abandoned here, and the
     * frame cut, which is what {@link Leaving#frame} then holds.
     */
    Leaving leaving(Direction direction, QuicFrame frame) {
        Counters seen = counters.get(direction);
        if (frame instanceof QuicFrame.Datagram) {
            seen.datagramsSent++;
            return new Leaving(frame, copies(direction, seen.datagramsSent));
        }
        if (frame instanceof QuicFrame.Stream data) {
            for (Fault fault : network.activeFaults()) {
                if (fault instanceof Fault.ResetStream reset
                        && reset.direction() == direction
                        && reset.streamId() == data.streamId()
                        && (data.offset() + data.length() >= reset.afterBytes() || data.fin())
                        && done.add(fault)) {
                    return reset(direction, data, reset);
                }
            }
        }
        return new Leaving(frame, 1);
    }

    /** Whether a fault keeps a frame from arriving for now. */
    boolean holds(Direction direction, QuicFrame frame) {
        for (Fault fault : network.activeFaults()) {
            boolean holds = false;
            if (fault instanceof Fault.WithholdCredit withheld) {
                holds = withheld.direction() == direction && isCredit(frame);
            } else if (fault instanceof Fault.DeliverFirst first) {
                holds = first.direction() != direction && !done.contains(fault);
            } else if (fault instanceof Fault.DeliverStreamFirst first) {
                holds = first.direction() == direction && !done.contains(fault) && !isOf(frame, first.streamId());
            }
            if (holds) {
                return true;
            }
        }
        return false;
    }

    /** How many bytes of a frame may arrive before an end closes the connection. */
    int bytesBeforeClose(Direction direction, QuicFrame.Stream frame) {
        long bytes = frame.length();
        for (Fault fault : network.activeFaults()) {
            if (fault instanceof Fault.CloseConnection close
                    && close.direction() == direction
                    && close.unit() == Fault.Unit.BYTES
                    && !done.contains(fault)) {
                bytes = Math.min(bytes, close.count() - counters.get(direction).bytesArrived);
            }
        }
        return (int) Math.max(bytes, 0);
    }

    /** A frame has arrived, and its endpoint has taken it in. */
    void arrived(Direction direction, QuicFrame frame) {
        Counters seen = counters.get(direction);
        if (!(frame instanceof QuicFrame.Ack) && !(frame instanceof QuicFrame.Ping)) {
            seen.framesArrived++;
        }
        if (frame instanceof QuicFrame.Stream data) {
            seen.bytesArrived += data.length();
        }
        for (Fault fault : network.activeFaults()) {
            if (fault instanceof Fault.StopReading stop
                    && direction == Direction.from(stop.reader()).opposite()
                    && !paused.containsKey(fault)) {
                pause(stop);
            } else if (fault instanceof Fault.CloseConnection close && close.direction() == direction) {
                long count = close.unit() == Fault.Unit.BYTES ? seen.bytesArrived : seen.framesArrived;
                if (count >= close.count() && done.add(fault)) {
                    end(close.closer()).close(close.errorCode(), close.reason());
                }
            } else if (fault instanceof Fault.DeliverFirst first
                    && first.direction() == direction
                    && frame instanceof QuicFrame.Stream) {
                done.add(fault);
            } else if (fault instanceof Fault.DeliverStreamFirst first
                    && first.direction() == direction
                    && isOf(frame, first.streamId())) {
                done.add(fault);
            }
        }
    }

    private void pause(Fault.StopReading stop) {
        EndpointStream stream = end(stop.reader()).stream(stop.streamId());
        if (stream != null) {
            stream.receive().setPaused(true);
            paused.put(stop, stream);
        }
    }

    private int copies(Direction direction, long number) {
        int copies = 1;
        for (Fault fault : network.activeFaults()) {
            if (fault instanceof Fault.DropDatagram drop && drop.direction() == direction && drop.number() == number) {
                return 0;
            }
            if (fault instanceof Fault.DuplicateDatagram twice
                    && twice.direction() == direction
                    && twice.number() == number) {
                copies = 2;
            }
        }
        return copies;
    }

    private Leaving reset(Direction direction, QuicFrame.Stream data, Fault.ResetStream reset) {
        long keep = Math.min(reset.afterBytes() - data.offset(), data.length());
        QuicFrame.Stream prefix = data.prefix((int) Math.max(keep, 0));
        EndpointStream stream = end(direction.sender()).stream(data.streamId());
        // A FIN may have come before so many bytes did.
        long reliable = Math.min(reset.afterBytes(), data.offset() + data.length());
        if (stream == null) {
            // The sender has forgotten the stream with its FIN: the reset is made in its name.
            return new Leaving(prefix, 1, data.resetBehind(reset.errorCode(), reliable));
        }
        stream.send().forceReset(reset.errorCode(), reliable);
        return new Leaving(prefix, 1);
    }

    private boolean isBytewise(Direction direction) {
        for (Fault fault : network.activeFaults()) {
            if (fault instanceof Fault.OneByteAtATime slow && slow.direction() == direction) {
                return true;
            }
        }
        return false;
    }

    private static boolean isCredit(QuicFrame frame) {
        return frame instanceof QuicFrame.MaxData
                || frame instanceof QuicFrame.MaxStreamData
                || frame instanceof QuicFrame.MaxStreams;
    }

    private static boolean isOf(QuicFrame frame, long streamId) {
        return frame instanceof QuicFrame.Stream data && data.streamId() == streamId
                || frame instanceof QuicFrame.ResetStream reset && reset.streamId() == streamId;
    }

    private QuicEndpoint end(Perspective perspective) {
        return ends.get(perspective);
    }

    /** What has happened in one direction so far. */
    private static final class Counters {
        private long datagramsSent;
        private long bytesArrived;
        private long framesArrived;
    }

    /** What enters the network in place of a frame. */
    static final class Leaving {
        private final QuicFrame frame;
        private final int copies;
        private final @Nullable QuicFrame after;

        Leaving(QuicFrame frame, int copies) {
            this(frame, copies, null);
        }

        Leaving(QuicFrame frame, int copies, @Nullable QuicFrame after) {
            this.frame = frame;
            this.copies = copies;
            this.after = after;
        }

        QuicFrame frame() {
            return frame;
        }

        int copies() {
            return copies;
        }

        @Nullable
        QuicFrame after() {
            return after;
        }
    }
}
