package dev.webtransport.testkit.junit;

import dev.webtransport.config.ClientTlsConfig;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.config.ServerTlsConfig;
import dev.webtransport.transport.QuicConnection;
import dev.webtransport.transport.QuicListener;
import dev.webtransport.transport.QuicTransport;
import dev.webtransport.transport.TransportCapability;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import kotlin.coroutines.Continuation;
import org.jspecify.annotations.Nullable;

/** A transport for one of several owners, each of which closes what it believes to be its own. */
final class SharedTransport implements QuicTransport {
    private final QuicTransport transport;

    SharedTransport(QuicTransport transport) {
        this.transport = transport;
    }

    @Override
    public String getName() {
        return transport.getName();
    }

    @Override
    public Set<TransportCapability> getCapabilities() {
        return transport.getCapabilities();
    }

    @Override
    public @Nullable Object resolve(String host, Continuation<? super List<? extends InetAddress>> done) {
        return transport.resolve(host, done);
    }

    @Override
    public @Nullable Object connect(
            InetSocketAddress remote,
            String serverName,
            ClientTlsConfig tls,
            QuicConfig config,
            Continuation<? super QuicConnection> done) {
        return transport.connect(remote, serverName, tls, config, done);
    }

    @Override
    public @Nullable Object listen(
            InetSocketAddress local, ServerTlsConfig tls, QuicConfig config, Continuation<? super QuicListener> done) {
        return transport.listen(local, tls, config, done);
    }

    /** Nothing: the other owner goes on. */
    @Override
    public void close() {}
}
