package dev.webtransport.async;

import static dev.webtransport.async.Outcome.of;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.webtransport.config.Engine;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.error.SessionClosedException;
import dev.webtransport.transport.QuicTransports;
import dev.webtransport.transport.TransportCapability;
import dev.webtransport.value.ConnectionStatistics;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the Java API shows of the transport below: keying material, counters, resumption. */
final class DiagnosticsAsyncTest {
    private static final String LOOPBACK = "loopback";

    private Peers peers;

    private static Stream<String> transports() {
        return Stream.concat(
                Stream.of(LOOPBACK), QuicTransports.engines().stream().map(Engine::label));
    }

    private Peers.Pair sessions(String transport) throws Exception {
        AsyncContract contract =
                transport.equals(LOOPBACK) ? new LoopbackAsyncTest() : new UdpAsyncTest(Engine.of(transport));
        peers = contract.peers(QuicConfig.defaults());
        return peers.sessions();
    }

    /** Whether an engine has a capability; the loopback resumes nothing, and has all others that matter here. */
    private static boolean can(String transport, TransportCapability capability) throws Exception {
        return transport.equals(LOOPBACK)
                ? capability != TransportCapability.SESSION_RESUMPTION
                : UdpAsyncTest.can(Engine.of(transport), capability);
    }

    @AfterEach
    void close() throws Exception {
        if (peers != null) {
            peers.close();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void both_ends_export_the_same_keying_material_until_the_session_ends(String transport) throws Exception {
        assumeTrue(
                can(transport, TransportCapability.KEYING_MATERIAL_EXPORTER),
                () -> transport + " exports no keying material");
        Peers.Pair pair = sessions(transport);
        byte[] context = {1, 2, 3};
        byte[] exported = pair.client().exportKeyingMaterial("token", context, 48);
        assertEquals(48, exported.length);
        assertArrayEquals(exported, pair.server().exportKeyingMaterial("token", context, 48));
        assertArrayEquals(
                pair.client().exportKeyingMaterial("token", 32),
                pair.server().exportKeyingMaterial("token", new byte[0], 32));
        assertFalse(Arrays.equals(exported, pair.client().exportKeyingMaterial("token", 48)));
        assertThrows(IllegalArgumentException.class, () -> pair.client().exportKeyingMaterial("token", 0));
        of(pair.client().close());
        assertThrows(SessionClosedException.class, () -> pair.client().exportKeyingMaterial("token", 32));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void a_connection_tells_its_counters_also_after_its_end(String transport) throws Exception {
        Peers.Pair pair = sessions(transport);
        ConnectionStatistics statistics = of(pair.client().connection().statistics());
        assertTrue(statistics.bytesSent().orElseThrow() > 0);
        assertTrue(statistics.packetsReceived().orElseThrow() > 0);
        assertTrue(statistics.smoothedRtt().isPresent());
        of(pair.client().connection().close());
        long atTheEnd = of(pair.client().connection().statistics()).bytesSent().orElseThrow();
        assertTrue(atTheEnd >= statistics.bytesSent().orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("transports")
    void sessions_streams_clients_and_servers_tell_what_they_counted(String transport) throws Exception {
        Peers.Pair pair = sessions(transport);
        AsyncSendStream sending = of(pair.client().createUnidirectionalStream());
        of(sending.write(new byte[70]));
        AsyncReceiveStream receiving =
                of(pair.server().acceptUnidirectionalStream()).orElseThrow();
        assertEquals(60, of(receiving.readExactly(60)).length);
        assertEquals(70, sending.statistics().bytesWritten());
        assertEquals(60, receiving.statistics().bytesRead());
        assertEquals(70, pair.client().statistics().bytesWritten());
        assertEquals(60, pair.server().statistics().bytesRead());
        assertEquals(1, pair.server().statistics().streamsOpen());
        assertEquals(1, peers.client.statistics().connectsSucceeded());
        assertEquals(70, peers.client.statistics().traffic().bytesWritten());
        assertEquals(1, peers.server.statistics().sessionsAccepted());
        of(pair.client().close());
        assertEquals(1, pair.client().statistics().streamsClosed());
    }

    @ParameterizedTest
    @MethodSource("transports")
    void a_connection_tells_whether_it_was_resumed_where_the_transport_can(String transport) throws Exception {
        Peers.Pair first = sessions(transport);
        Peers.Pair second = peers.sessions();
        boolean known = can(transport, TransportCapability.SESSION_RESUMPTION);
        assertEquals(
                known ? Optional.of(false) : Optional.empty(),
                first.client().connection().isResumed());
        assertEquals(
                known ? Optional.of(true) : Optional.empty(),
                second.client().connection().isResumed());
        assertEquals(
                known ? Optional.of(true) : Optional.empty(),
                second.server().connection().isResumed());
    }
}
