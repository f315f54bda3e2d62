package dev.webtransport.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every bound of every builder: below, at both ends, above. */
class BoundsTest {
    private static final long LARGEST_VARINT = (1L << 62) - 1;

    /** A number with bounds; {@code through} puts it into a builder and reads it back. */
    record Number(String name, long least, long most, LongUnaryOperator through) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A duration of 1 ms to 1 h. */
    record Time(String name, UnaryOperator<Duration> through) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Number> numbers() throws Exception {
        ServerConfig server = ServerConfig.builder(SomeIdentity.server()).build();
        return Stream.of(
                number("maxData", 1, LARGEST_VARINT, v -> quic().maxData(v)
                        .build()
                        .maxData()),
                number("maxStreamData", 1, LARGEST_VARINT, v -> quic().maxStreamData(v)
                        .build()
                        .maxStreamData()),
                number("maxIncomingBidirectionalStreams", 1, 1 << 20, v -> quic().maxIncomingBidirectionalStreams(
                                (int) v)
                        .build()
                        .maxIncomingBidirectionalStreams()),
                number("maxIncomingUnidirectionalStreams", 3, 1 << 20, v -> quic().maxIncomingUnidirectionalStreams(
                                (int) v)
                        .build()
                        .maxIncomingUnidirectionalStreams()),
                number("sendBufferSize", 1024, 1 << 30, v -> quic().sendBufferSize((int) v)
                        .build()
                        .sendBufferSize()),
                number("receiveBufferSize", 1024, 1 << 30, v -> quic().receiveBufferSize((int) v)
                        .build()
                        .receiveBufferSize()),
                number("maxUdpPayloadSize", 1200, 65527, v -> quic().maxUdpPayloadSize((int) v)
                        .build()
                        .maxUdpPayloadSize()),
                number("acceptBacklog", 1, 1 << 16, v -> quic().acceptBacklog((int) v)
                        .build()
                        .acceptBacklog()),
                number("sendBufferSize", 1024, 1 << 30, v -> TcpConfig.builder()
                        .sendBufferSize((int) v)
                        .build()
                        .sendBufferSize()),
                number("receiveBufferSize", 1024, 1 << 30, v -> TcpConfig.builder()
                        .receiveBufferSize((int) v)
                        .build()
                        .receiveBufferSize()),
                number("acceptBacklog", 1, 1 << 16, v -> TcpConfig.builder()
                        .acceptBacklog((int) v)
                        .build()
                        .acceptBacklog()),
                number("socket.receiveBufferSize", 4096, 1 << 30, v -> SocketConfig.builder()
                        .receiveBufferSize((int) v)
                        .build()
                        .receiveBufferSize()),
                number("socket.sendBufferSize", 4096, 1 << 30, v -> SocketConfig.builder()
                        .sendBufferSize((int) v)
                        .build()
                        .sendBufferSize()),
                number("socket.dscp", 0, 63, v -> SocketConfig.builder()
                        .dscp((int) v)
                        .build()
                        .dscp()),
                number("outgoingQueueLength", 1, 1 << 16, v -> DatagramConfig.builder()
                        .outgoingQueueLength((int) v)
                        .build()
                        .outgoingQueueLength()),
                number("incomingQueueLength", 1, 1 << 16, v -> DatagramConfig.builder()
                        .incomingQueueLength((int) v)
                        .build()
                        .incomingQueueLength()),
                number("incomingMaxBufferedDatagrams", 1, 1 << 16, v -> DatagramConfig.builder()
                        .incomingMaxBufferedDatagrams((int) v)
                        .build()
                        .incomingMaxBufferedDatagrams()),
                number("outgoingMaxBufferedDatagrams", 1, 1 << 16, v -> DatagramConfig.builder()
                        .outgoingMaxBufferedDatagrams((int) v)
                        .build()
                        .outgoingMaxBufferedDatagrams()),
                number("maxFieldSectionSize", 1024, 16 << 20, v -> http3().maxFieldSectionSize((int) v)
                        .build()
                        .maxFieldSectionSize()),
                number("maxCapsuleSize", 2048, 16 << 20, v -> http3().maxCapsuleSize((int) v)
                        .build()
                        .maxCapsuleSize()),
                number("maxEarlyStreams", 0, 1 << 16, v -> http3().maxEarlyStreams((int) v)
                        .build()
                        .maxEarlyStreams()),
                number("maxEarlyDatagrams", 0, 1 << 16, v -> http3().maxEarlyDatagrams((int) v)
                        .build()
                        .maxEarlyDatagrams()),
                number("initialMaxData", 0, LARGEST_VARINT, v -> SessionFlowControlConfig.builder()
                        .initialMaxData(v)
                        .build()
                        .initialMaxData()),
                number("initialMaxStreamsBidirectional", 0, 1L << 60, v -> SessionFlowControlConfig.builder()
                        .initialMaxStreamsBidirectional(v)
                        .build()
                        .initialMaxStreamsBidirectional()),
                number("initialMaxStreamsUnidirectional", 0, 1L << 60, v -> SessionFlowControlConfig.builder()
                        .initialMaxStreamsUnidirectional(v)
                        .build()
                        .initialMaxStreamsUnidirectional()),
                number("window", 1, LARGEST_VARINT, v -> SessionFlowControlConfig.builder()
                        .window(v)
                        .build()
                        .window()),
                number("maxConnections", 1, 1 << 24, v -> server.toBuilder()
                        .maxConnections((int) v)
                        .build()
                        .maxConnections()),
                number("maxSessions", 1, 1 << 24, v -> server.toBuilder()
                        .maxSessions((int) v)
                        .build()
                        .maxSessions()),
                number("maxPendingRequests", 1, 1 << 20, v -> server.toBuilder()
                        .maxPendingRequests((int) v)
                        .build()
                        .maxPendingRequests()),
                number("additionalSettings: value", 0, LARGEST_VARINT, v -> http3().additionalSettings(Map.of(0x21L, v))
                        .build()
                        .additionalSettings()
                        .get(0x21L)));
    }

    @Test
    void connectionAttemptDelay_keeps_the_bounds_of_RFC_8305() {
        for (Duration good : List.of(Duration.ofMillis(10), Duration.ofSeconds(2))) {
            assertEquals(
                    good,
                    ClientConfig.builder().connectionAttemptDelay(good).build().connectionAttemptDelay());
        }
        for (Duration bad : List.of(
                Duration.ofMillis(10).minusNanos(1), Duration.ofSeconds(2).plusNanos(1), Duration.ZERO)) {
            String message = assertThrows(IllegalArgumentException.class, () -> ClientConfig.builder()
                            .connectionAttemptDelay(bad))
                    .getMessage();
            assertTrue(message.contains("connectionAttemptDelay") && message.contains(bad.toString()), message);
        }
    }

    static Stream<Time> times() throws Exception {
        ServerConfig server = ServerConfig.builder(SomeIdentity.server()).build();
        return Stream.of(
                new Time(
                        "connectTimeout",
                        v -> ClientConfig.builder().connectTimeout(v).build().connectTimeout()),
                new Time(
                        "handshakeTimeout",
                        v -> quic().handshakeTimeout(v).build().handshakeTimeout()),
                new Time(
                        "handshakeTimeout",
                        v -> TcpConfig.builder().handshakeTimeout(v).build().handshakeTimeout()),
                new Time("idleTimeout", v -> quic().idleTimeout(v).build().idleTimeout()),
                new Time("keepAliveInterval", v -> quic().keepAliveInterval(v)
                        .build()
                        .keepAliveInterval()
                        .orElseThrow()),
                new Time(
                        "settingsTimeout",
                        v -> http3().settingsTimeout(v).build().settingsTimeout()),
                new Time("closeTimeout", v -> http3().closeTimeout(v).build().closeTimeout()),
                new Time(
                        "requestTimeout",
                        v -> server.toBuilder().requestTimeout(v).build().requestTimeout()),
                new Time(
                        "idleConnectionTimeout",
                        v -> server.toBuilder().idleConnectionTimeout(v).build().idleConnectionTimeout()));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void a_number_within_its_bounds_is_kept(Number number) {
        for (long value : new long[] {number.least, number.least + 1, number.most - 1, number.most}) {
            assertEquals(value, number.through.applyAsLong(value));
        }
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void a_number_outside_its_bounds_is_refused_with_name_value_and_limit(Number number) {
        for (long value : new long[] {number.least - 1, number.most + 1}) {
            String message = assertThrows(IllegalArgumentException.class, () -> number.through.applyAsLong(value))
                    .getMessage();
            assertTrue(message.startsWith(number.name + " "), message);
            assertTrue(message.contains(" " + value + " "), message);
            assertTrue(message.endsWith(number.least + ".." + number.most), message);
        }
    }

    @ParameterizedTest
    @MethodSource("times")
    void a_duration_within_its_bounds_is_kept(Time time) {
        for (Duration value : List.of(Duration.ofMillis(1), Duration.ofSeconds(7), Duration.ofHours(1))) {
            assertEquals(value, time.through.apply(value));
        }
    }

    @ParameterizedTest
    @MethodSource("times")
    void a_duration_outside_its_bounds_is_refused_with_name_value_and_limit(Time time) {
        List<Duration> outside = List.of(
                Duration.ZERO,
                Duration.ofSeconds(-1),
                Duration.ofNanos(999_999),
                Duration.ofHours(1).plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE));
        for (Duration value : outside) {
            String message = assertThrows(IllegalArgumentException.class, () -> time.through.apply(value))
                    .getMessage();
            assertEquals(time.name + " " + value + " is outside PT0.001S..PT1H", message);
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0x00,
                0x01,
                0x02,
                0x03,
                0x04,
                0x05,
                0x06,
                0x07,
                0x08,
                0x33,
                0x2b61,
                0x2b64,
                0x2b65,
                0x2b603742L,
                0xc671706aL,
                0x14e9cd29L,
                0x2c7cf000L
            })
    void a_setting_that_has_a_meaning_already_cannot_be_added(long identifier) {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> http3().additionalSettings(Map.of(identifier, 1L)))
                .getMessage();
        assertTrue(message.contains("0x" + Long.toHexString(identifier) + " "), message);
    }

    @Test
    void the_identifier_of_an_added_setting_has_62_bits() {
        for (long identifier : new long[] {0x21, LARGEST_VARINT}) {
            Map<Long, Long> settings = Map.of(identifier, 1L);
            assertEquals(settings, http3().additionalSettings(settings).build().additionalSettings());
        }
        for (long identifier : new long[] {-1, LARGEST_VARINT + 1, Long.MIN_VALUE}) {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> http3().additionalSettings(Map.of(identifier, 1L)))
                    .getMessage();
            assertEquals("additionalSettings: identifier " + identifier + " is outside 0.." + LARGEST_VARINT, message);
        }
    }

    @Test
    void no_draft_and_no_address_are_refused() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> http3().drafts(Set.of()));
        ServerConfig.Builder server = ServerConfig.builder(SomeIdentity.server());
        assertThrows(IllegalArgumentException.class, () -> server.bindAddresses(List.of()));
    }

    @Test
    void no_authority_and_no_hash_are_refused() {
        assertThrows(IllegalArgumentException.class, () -> Trust.authorities(List.of()));
        assertThrows(IllegalArgumentException.class, () -> Trust.serverCertificateHashes(List.of()));
    }

    @Test
    void what_was_handed_over_can_no_longer_be_changed_from_outside() throws Exception {
        List<InetSocketAddress> addresses = new ArrayList<>(List.of(new InetSocketAddress("127.0.0.1", 1)));
        ServerConfig server = ServerConfig.builder(SomeIdentity.server())
                .bindAddresses(addresses)
                .build();
        addresses.clear();
        assertEquals(1, server.bindAddresses().size());
        assertThrows(UnsupportedOperationException.class, () -> server.bindAddresses()
                .clear());

        Map<Long, Long> settings = new HashMap<>(Map.of(0x21L, 1L));
        Http3Config http3 = http3().additionalSettings(settings).build();
        settings.clear();
        assertEquals(Map.of(0x21L, 1L), http3.additionalSettings());
        assertThrows(UnsupportedOperationException.class, () -> http3.drafts().clear());
    }

    @Test
    void the_generations_are_told_apart_by_their_settings() {
        assertEquals(4, WebTransportDraft.all().size());
        assertEquals(
                Set.of(0x2b603742L, 0xc671706aL, 0x14e9cd29L, 0x2c7cf000L),
                WebTransportDraft.all().stream().map(WebTransportDraft::setting).collect(Collectors.toSet()));
        assertEquals("draft-02", WebTransportDraft.DRAFT_02.label());
    }

    private static Number number(String name, long least, long most, LongUnaryOperator through) {
        return new Number(name, least, most, through);
    }

    private static QuicConfig.Builder quic() {
        return QuicConfig.builder();
    }

    private static Http3Config.Builder http3() {
        return Http3Config.builder();
    }

    @Test
    void flow_control_without_any_initial_limit_is_refused_because_nobody_would_notice_it() {
        SessionFlowControlConfig.Builder none = SessionFlowControlConfig.builder()
                .initialMaxData(0)
                .initialMaxStreamsBidirectional(0)
                .initialMaxStreamsUnidirectional(0);
        assertThrows(IllegalArgumentException.class, none::build);
        assertEquals(0, none.policy(SessionCreditPolicy.OFF).build().initialMaxData());
        assertEquals(
                1,
                none.policy(SessionCreditPolicy.MANUAL)
                        .initialMaxStreamsUnidirectional(1)
                        .build()
                        .initialMaxStreamsUnidirectional());
    }
}
