package dev.webtransport.async;

import dev.webtransport.client.WebTransportClient;
import dev.webtransport.config.ClientConfig;
import dev.webtransport.config.Http3Config;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.config.ServerConfig;
import dev.webtransport.config.ServerTlsConfig;
import dev.webtransport.server.WebTransportServer;
import dev.webtransport.testkit.LoopbackTransport;
import dev.webtransport.testkit.network.SimulatedNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.time.TimeSource;
import kotlinx.coroutines.CoroutineScopeKt;
import kotlinx.coroutines.Dispatchers;
import org.junit.jupiter.api.DisplayName;

/** The contract in memory. */
@DisplayName("the Java API over the loopback")
final class LoopbackAsyncTest extends AsyncContract {
    @Override
    boolean tellsStopCodes() {
        return true;
    }

    @Override
    Peers peers(QuicConfig quic) throws Exception {
        return peers(quic, Http3Config.defaults());
    }

    Peers peers(QuicConfig quic, Http3Config http3) throws Exception {
        LoopbackTransport network = new LoopbackTransport(
                CoroutineScopeKt.CoroutineScope(Dispatchers.getDefault()), new SimulatedNetwork(0), connection ->
                        (direction, frame, nanos) -> {});
        ServerConfig serverConfig = ServerConfig.builder(
                        ServerTlsConfig.builder(TestIdentity.VALUE).build())
                .bindAddresses(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                .quic(quic)
                .http3(http3)
                .build();
        AsyncServer server = Outcome.of(Calls.DEFAULT.<WebTransportServer, AsyncServer>call(
                done -> WebTransportServer.Companion.listen(
                        serverConfig, network, EmptyCoroutineContext.INSTANCE, TimeSource.Monotonic.INSTANCE, done),
                AsyncServer::of,
                late -> {}));
        AsyncClient client = AsyncClient.of(new WebTransportClient(
                ClientConfig.builder().quic(quic).http3(http3).build(),
                network,
                EmptyCoroutineContext.INSTANCE,
                TimeSource.Monotonic.INSTANCE));
        return new Peers(client, server);
    }
}
