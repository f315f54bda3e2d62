package dev.webtransport.async;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.ClientConfig;
import dev.webtransport.config.ClientTlsConfig;
import dev.webtransport.config.Engine;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.config.ServerConfig;
import dev.webtransport.config.ServerTlsConfig;
import dev.webtransport.config.Trust;
import dev.webtransport.error.TransportUnavailableException;
import dev.webtransport.transport.QuicTransport;
import dev.webtransport.transport.QuicTransports;
import dev.webtransport.transport.TransportCapability;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract over UDP on 127.0.0.1, by each engine. */
@DisplayName("the Java API over UDP")
@ParameterizedClass(name = "{0}")
@MethodSource("dev.webtransport.transport.QuicTransports#engines")
final class UdpAsyncTest extends AsyncContract {
    private final Engine engine;

    UdpAsyncTest(Engine engine) {
        this.engine = engine;
    }

    @Override
    boolean tellsStopCodes() throws TransportUnavailableException {
        return can(engine, TransportCapability.PEER_STOP_CODE);
    }

    static boolean can(Engine engine, TransportCapability capability) throws TransportUnavailableException {
        try (QuicTransport transport = QuicTransports.of(engine)) {
            return transport.getCapabilities().contains(capability);
        }
    }

    @Override
    Peers peers(QuicConfig quic) throws Exception {
        ServerConfig serverConfig = ServerConfig.builder(
                        ServerTlsConfig.builder(TestIdentity.VALUE).build())
                .bindAddresses(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .quic(quic)
                .engine(engine)
                .build();
        ClientConfig clientConfig = ClientConfig.builder()
                .tls(ClientTlsConfig.builder()
                        .trust(Trust.serverCertificateHashes(List.of(TestIdentity.VALUE.hash())))
                        .build())
                .quic(quic)
                .engine(engine)
                .build();
        return new Peers(AsyncClient.create(clientConfig), Outcome.of(AsyncServer.listen(serverConfig)));
    }

    @Test
    void keying_material_is_the_same_at_both_ends_or_its_absence_is_told() throws Exception {
        Peers peers = peers(QuicConfig.defaults());
        try {
            Peers.Pair pair = peers.sessions();
            if (can(engine, TransportCapability.KEYING_MATERIAL_EXPORTER)) {
                assertArrayEquals(
                        pair.client().exportKeyingMaterial("token", 32),
                        pair.server().exportKeyingMaterial("token", 32));
            } else {
                UnsupportedOperationException told = assertThrows(
                        UnsupportedOperationException.class, () -> pair.client().exportKeyingMaterial("token", 32));
                assertTrue(told.getMessage().contains("exporter"), told::getMessage);
            }
        } finally {
            peers.close();
        }
    }
}
