package dev.webtransport.testkit.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.webtransport.config.QuicConfig;
import dev.webtransport.testkit.fault.Fault;
import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.testkit.quic.EndpointStream;
import dev.webtransport.testkit.quic.QuicFrame;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a cut or a fault has held back goes on in the order of each stream. */
class HeldFramesTest {
    private final SimulatedNetwork network = new SimulatedNetwork(1);
    private final List<Long> offsets = new ArrayList<>();
    private final QuicLink link = new QuicLink(
            QuicConfig.defaults(),
            QuicConfig.defaults(),
            network,
            0,
            (direction, frame, nowNanos) -> {
                if (frame instanceof QuicFrame.Stream data) {
                    offsets.add(data.offset());
                }
            },
            0);

    HeldFramesTest() {
        network.addObserver(() -> link.handleNetworkChange(0));
    }

    @Test
    void what_was_written_in_a_cut_arrives_before_what_is_written_with_its_end() throws Exception {
        EndpointStream stream = open();
        network.cut();
        write(stream);
        link.drive(0);
        // Not driven: it leaves in the same turn in which the network heals.
        write(stream);
        network.heal();
        assertEquals(List.of(0L, 10L), offsets);
    }

    @Test
    void what_a_cut_takes_from_the_way_stays_ahead_of_what_a_fault_holds() throws Exception {
        Duration latency = Duration.ofMillis(10);
        network.setConditions(NetworkConditions.builder().latency(latency).build());
        EndpointStream stream = open();
        write(stream);
        link.drive(0);
        Fault fault = Fault.deliverFirst(Direction.SERVER_TO_CLIENT);
        network.inject(fault);
        write(stream);
        link.drive(0);
        network.cut();
        network.lift(fault);
        network.heal();
        link.drive(latency.toNanos());
        assertEquals(List.of(0L, 10L), offsets);
    }

    private EndpointStream open() {
        return link.end(Perspective.CLIENT).openStream(StreamType.UNIDIRECTIONAL);
    }

    private static void write(EndpointStream stream) throws Exception {
        stream.send().write(ByteBuffer.allocate(10));
    }
}
