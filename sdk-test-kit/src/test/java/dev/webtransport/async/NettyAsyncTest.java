package dev.webtransport.async;

import dev.webtransport.config.ClientConfig;
import dev.webtransport.config.ClientTlsConfig;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.config.ServerConfig;
import dev.webtransport.config.ServerTlsConfig;
import dev.webtransport.config.Trust;
import dev.webtransport.netty.NettyQuicTransportProvider;
import dev.webtransport.transport.QuicTransport;
import dev.webtransport.transport.TransportCapability;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;

/** The contract over UDP on 127.0.0.1, with Netty's QUIC. */
@DisplayName("the Java API over UDP")
final class NettyAsyncTest extends AsyncContract {
    @Override
    boolean tellsStopCodes() {
        try (QuicTransport transport = new NettyQuicTransportProvider().create()) {
            return transport.getCapabilities().contains(TransportCapability.PEER_STOP_CODE);
        }
    }

    @Override
    Peers peers(QuicConfig quic) throws Exception {
        ServerConfig serverConfig = ServerConfig.builder(
                        ServerTlsConfig.builder(TestIdentity.VALUE).build())
                .bindAddresses(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .quic(quic)
                .build();
        ClientConfig clientConfig = ClientConfig.builder()
                .tls(ClientTlsConfig.builder()
                        .trust(Trust.serverCertificateHashes(List.of(TestIdentity.VALUE.hash())))
                        .build())
                .quic(quic)
                .build();
        return new Peers(AsyncClient.create(clientConfig), Outcome.of(AsyncServer.listen(serverConfig)));
    }
}
