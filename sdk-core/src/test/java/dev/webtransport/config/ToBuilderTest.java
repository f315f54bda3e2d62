package dev.webtransport.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.tls.TestIdentities;
import dev.webtransport.value.Headers;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A builder made from settings keeps every one of them; the defaults are the documented ones. */
class ToBuilderTest {
    private static final Duration ODD = Duration.ofMillis(1234);

    @Test
    void datagram_settings_are_kept() throws Exception {
        DatagramConfig changed = datagrams();
        assertKeepsAll(DatagramConfig.defaults(), changed, changed.toBuilder().build());
    }

    @Test
    void socket_settings_are_kept() throws Exception {
        SocketConfig changed = sockets();
        assertKeepsAll(SocketConfig.defaults(), changed, changed.toBuilder().build());
        assertEquals(changed, sockets());
        assertNotEquals(SocketConfig.defaults(), changed);
    }

    @Test
    void session_options_are_kept() throws Exception {
        SessionOptions changed = SessionOptions.builder()
                .headers(Headers.builder().add("x-a", "b").build())
                .protocols(List.of("chat"))
                .origin("https://a.example")
                .start(SessionStart.OPTIMISTIC)
                .build();
        assertKeepsAll(SessionOptions.defaults(), changed, changed.toBuilder().build());
    }

    @Test
    void quic_settings_are_kept() throws Exception {
        QuicConfig changed = quic();
        assertKeepsAll(QuicConfig.defaults(), changed, changed.toBuilder().build());
    }

    @Test
    void tcp_settings_are_kept() throws Exception {
        TcpConfig changed = TcpConfig.builder()
                .handshakeTimeout(ODD)
                .sendBufferSize(2222)
                .receiveBufferSize(3333)
                .acceptBacklog(7)
                .build();
        assertKeepsAll(TcpConfig.defaults(), changed, changed.toBuilder().build());
    }

    @Test
    void http3_settings_are_kept() throws Exception {
        Http3Config changed = http3();
        assertKeepsAll(Http3Config.defaults(), changed, changed.toBuilder().build());
    }

    @Test
    void session_flow_control_settings_are_kept() throws Exception {
        SessionFlowControlConfig changed = flowControl();
        assertKeepsAll(
                SessionFlowControlConfig.automatic(),
                changed,
                changed.toBuilder().build());
        assertKeepsAll(
                SessionFlowControlConfig.off(), changed, changed.toBuilder().build());
    }

    @Test
    void tls_settings_are_kept() throws Exception {
        ClientTlsConfig client = clientTls();
        assertKeepsAll(ClientTlsConfig.defaults(), client, client.toBuilder().build());

        TlsIdentity other = TestIdentities.localhost(Algorithm.ecp256);
        ServerTlsConfig server = SomeIdentity.server();
        ServerTlsConfig changed = server.toBuilder()
                .identity(other)
                .identity("example.com", other)
                .clientAuthentication(ClientAuthentication.REQUIRED)
                .clientTrust(Trust.authorities(other.chain()))
                .sessionResumption(SessionResumption.NEVER)
                .build();
        assertKeepsAll(server, changed, changed.toBuilder().build());
    }

    @Test
    void client_settings_are_kept() throws Exception {
        ClientConfig changed = ClientConfig.builder()
                .connectTimeout(ODD)
                .connectionAttemptDelay(ODD)
                .tls(clientTls())
                .quic(quic())
                .http3(http3())
                .headers(Headers.of(Map.of("a", "b")))
                .engine(Engine.KWIK)
                .build();
        assertKeepsAll(ClientConfig.defaults(), changed, changed.toBuilder().build());
    }

    @Test
    void server_settings_are_kept() throws Exception {
        ServerConfig changed = ServerConfig.builder(SomeIdentity.server())
                .tls(SomeIdentity.server())
                .bindAddresses(List.of(new InetSocketAddress("127.0.0.1", 7)))
                .quic(quic())
                .http3(http3())
                .originPolicy(OriginPolicy.any())
                .maxConnections(7)
                .maxSessions(9)
                .maxPendingRequests(7)
                .requestTimeout(ODD)
                .idleConnectionTimeout(ODD)
                .engine(Engine.NETTY)
                .build();
        assertKeepsAll(
                ServerConfig.builder(SomeIdentity.server()).build(),
                changed,
                changed.toBuilder().build());
    }

    @Test
    void the_defaults_are_those_of_the_documentation() throws Exception {
        TcpConfig tcp = TcpConfig.defaults();
        assertEquals(Duration.ofSeconds(10), tcp.handshakeTimeout());
        assertEquals(262_144, tcp.sendBufferSize());
        assertEquals(262_144, tcp.receiveBufferSize());
        assertEquals(256, tcp.acceptBacklog());

        QuicConfig quic = QuicConfig.defaults();
        assertEquals(Duration.ofSeconds(10), quic.handshakeTimeout());
        assertEquals(Duration.ofSeconds(30), quic.idleTimeout());
        assertEquals(Optional.of(Duration.ofSeconds(10)), quic.keepAliveInterval());
        assertEquals(16_777_216, quic.maxData());
        assertEquals(4_194_304, quic.maxStreamData());
        assertEquals(1024, quic.maxIncomingBidirectionalStreams());
        assertEquals(1024, quic.maxIncomingUnidirectionalStreams());
        assertEquals(262_144, quic.sendBufferSize());
        assertEquals(262_144, quic.receiveBufferSize());
        assertEquals(1350, quic.maxUdpPayloadSize());
        assertEquals(256, quic.acceptBacklog());
        assertEquals(AddressValidation.NEVER, quic.addressValidation());
        assertEquals(CongestionControl.CUBIC, quic.congestionControl());
        assertEquals(Optional.empty(), quic.qlogDirectory());
        assertEquals(Optional.empty(), quic.keyLogFile());
        assertEquals(16, quic.datagrams().outgoingQueueLength());
        assertEquals(256, quic.datagrams().incomingQueueLength());

        Http3Config http3 = Http3Config.defaults();
        assertEquals(Set.of(WebTransportDraft.values()), http3.drafts());
        assertEquals(Map.of(), http3.additionalSettings());
        assertEquals(65_536, http3.maxFieldSectionSize());
        assertEquals(65_536, http3.maxCapsuleSize());
        assertEquals(32, http3.maxEarlyStreams());
        assertEquals(32, http3.maxEarlyDatagrams());
        assertEquals(Duration.ofSeconds(5), http3.settingsTimeout());
        assertEquals(Duration.ofSeconds(1), http3.closeTimeout());
        assertEquals(SessionCreditPolicy.OFF, http3.flowControl().policy());

        SessionFlowControlConfig flow = SessionFlowControlConfig.automatic();
        assertEquals(SessionCreditPolicy.AUTOMATIC, flow.policy());
        assertEquals(4_194_304, flow.initialMaxData());
        assertEquals(256, flow.initialMaxStreamsBidirectional());
        assertEquals(256, flow.initialMaxStreamsUnidirectional());
        assertEquals(4_194_304, flow.window());

        ClientConfig client = ClientConfig.defaults();
        assertEquals(Duration.ofSeconds(10), client.connectTimeout());
        assertTrue(client.headers().isEmpty());
        assertTrue(client.tls().trust() instanceof Trust.System);
        assertEquals(Optional.empty(), client.tls().identity());
        assertEquals(Engine.AUTO, client.engine());

        ServerConfig server = ServerConfig.builder(SomeIdentity.server()).build();
        assertEquals(ClientAuthentication.NONE, server.tls().clientAuthentication());
        assertTrue(server.tls().clientTrust() instanceof Trust.System);
        assertEquals(List.of(new InetSocketAddress(4433)), server.bindAddresses());
        assertEquals(10_000, server.maxConnections());
        assertEquals(128, server.maxPendingRequests());
        assertEquals(Duration.ofSeconds(30), server.requestTimeout());
        assertEquals(Duration.ofSeconds(2), server.idleConnectionTimeout());
        assertEquals(Engine.AUTO, server.engine());
    }

    @Test
    void keep_alive_files_and_identity_may_be_taken_back() throws Exception {
        QuicConfig quic = quic().toBuilder()
                .keepAliveInterval(null)
                .qlogDirectory(null)
                .keyLogFile(null)
                .build();
        assertEquals(Optional.empty(), quic.keepAliveInterval());
        assertEquals(Optional.empty(), quic.qlogDirectory());
        assertEquals(Optional.empty(), quic.keyLogFile());
        assertEquals(
                Optional.empty(), clientTls().toBuilder().identity(null).build().identity());
    }

    @Test
    void a_setting_that_is_null_fails_where_it_is_set() throws Exception {
        ServerConfig.Builder server = ServerConfig.builder(SomeIdentity.server());
        ServerTlsConfig.Builder serverTls = SomeIdentity.server().toBuilder();
        assertNames("tls", () -> ClientConfig.builder().tls(null));
        assertNames("quic", () -> ClientConfig.builder().quic(null));
        assertNames("http3", () -> ClientConfig.builder().http3(null));
        assertNames("headers", () -> ClientConfig.builder().headers(null));
        assertNames("engine", () -> ClientConfig.builder().engine(null));
        assertNames("trust", () -> ClientTlsConfig.builder().trust(null));
        assertNames("addressValidation", () -> QuicConfig.builder().addressValidation(null));
        assertNames("congestionControl", () -> QuicConfig.builder().congestionControl(null));
        assertNames("flowControl", () -> Http3Config.builder().flowControl(null));
        assertNames("policy", () -> SessionFlowControlConfig.builder().policy(null));
        assertNames("datagrams", () -> QuicConfig.builder().datagrams(null));
        assertNames("tls", () -> server.tls(null));
        assertNames("quic", () -> server.quic(null));
        assertNames("http3", () -> server.http3(null));
        assertNames("originPolicy", () -> server.originPolicy(null));
        assertNames("engine", () -> server.engine(null));
        assertNames("identity", () -> serverTls.identity(null));
        assertNames("clientAuthentication", () -> serverTls.clientAuthentication(null));
        assertNames("clientTrust", () -> serverTls.clientTrust(null));
        assertNames("tls", () -> ServerConfig.builder(null));
        assertNames("identity", () -> ServerTlsConfig.builder(null));
    }

    private static void assertNames(String name, Executable setter) {
        assertEquals(name, assertThrows(NullPointerException.class, setter).getMessage());
    }

    /** Every getter of the copy answers as the changed settings do, and differs from the defaults: none was forgotten here. */
    private static void assertKeepsAll(Object defaults, Object changed, Object copy) throws Exception {
        int getters = 0;
        for (Method getter : changed.getClass().getDeclaredMethods()) {
            if (!Modifier.isPublic(getter.getModifiers())
                    || Modifier.isStatic(getter.getModifiers())
                    || getter.getParameterCount() > 0
                    || getter.getName().equals("toBuilder")) {
                continue;
            }
            getters++;
            assertNotEquals(getter.invoke(defaults), getter.invoke(changed), getter.getName());
            assertEquals(getter.invoke(changed), getter.invoke(copy), getter.getName());
        }
        assertTrue(getters > 0);
    }

    private static DatagramConfig datagrams() {
        return DatagramConfig.builder()
                .outgoingQueueLength(7)
                .incomingQueueLength(8)
                .incomingMaxBufferedDatagrams(9)
                .outgoingMaxBufferedDatagrams(10)
                .incomingMaxAge(ODD)
                .outgoingMaxAge(ODD)
                .build();
    }

    private static SocketConfig sockets() {
        return SocketConfig.builder()
                .receiveBufferSize(5000)
                .sendBufferSize(6000)
                .addressReuse(AddressReuse.PORT)
                .dscp(46)
                .build();
    }

    private static QuicConfig quic() {
        return QuicConfig.builder()
                .handshakeTimeout(ODD)
                .idleTimeout(ODD)
                .keepAliveInterval(ODD)
                .maxData(7)
                .maxStreamData(8)
                .maxIncomingBidirectionalStreams(9)
                .maxIncomingUnidirectionalStreams(10)
                .sendBufferSize(2048)
                .receiveBufferSize(2049)
                .maxUdpPayloadSize(1201)
                .acceptBacklog(11)
                .addressValidation(AddressValidation.RETRY)
                .congestionControl(CongestionControl.BBR)
                .datagrams(datagrams())
                .socket(sockets())
                .qlogDirectory(Path.of("qlog"))
                .keyLogFile(Path.of("keys"))
                .build();
    }

    private static Http3Config http3() {
        return Http3Config.builder()
                .drafts(Set.of(WebTransportDraft.DRAFT_15))
                .additionalSettings(Map.of(0x21L, 7L))
                .maxFieldSectionSize(2048)
                .maxCapsuleSize(4096)
                .maxEarlyStreams(7)
                .maxEarlyDatagrams(8)
                .settingsTimeout(ODD)
                .closeTimeout(ODD)
                .eventsKept(9)
                .flowControl(flowControl())
                .build();
    }

    private static SessionFlowControlConfig flowControl() {
        return SessionFlowControlConfig.builder()
                .policy(SessionCreditPolicy.MANUAL)
                .initialMaxData(7)
                .initialMaxStreamsBidirectional(8)
                .initialMaxStreamsUnidirectional(9)
                .window(10)
                .build();
    }

    private static ClientTlsConfig clientTls() throws Exception {
        TlsIdentity identity = TestIdentities.localhost(Algorithm.ecp256);
        return ClientTlsConfig.builder()
                .trust(Trust.authorities(identity.chain()))
                .identity(identity)
                .sessionResumption(SessionResumption.NEVER)
                .build();
    }
}
