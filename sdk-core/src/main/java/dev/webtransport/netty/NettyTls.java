package dev.webtransport.netty;

import dev.webtransport.config.ClientAuthentication;
import dev.webtransport.config.ClientTlsConfig;
import dev.webtransport.config.ServerTlsConfig;
import dev.webtransport.config.TlsIdentity;
import dev.webtransport.tls.KeyManagers;
import dev.webtransport.tls.PeerTrustManager;
import dev.webtransport.tls.TrustManagers;
import io.netty.handler.codec.quic.BoringSSLKeylog;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.ssl.ClientAuth;
import io.netty.util.Mapping;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.cert.CertificateException;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * TLS of Netty's QUIC (BoringSSL) from this SDK's settings: TLS 1.3 with the ALPN {@code h3}, no 0-RTT. Certificates are
 * checked by {@code dev.webtransport.tls}, names too.
 */
@NullMarked
final class NettyTls {
    private static final String ALPN_HTTP_3 = "h3";

    private NettyTls() {}

    /**
     * The context of one connection of a client. Its engine is to be made by
     * {@code newEngine(allocator, serverName, port)}, so that the name goes out (SNI).
     *
     * @param tls whom to trust, and who this is
     * @param serverName the host name or IP literal that the server's certificate must be for
     * @param keyLog takes the secrets of the connection, or null
     * @return the context
     * @throws GeneralSecurityException if the trust store of the platform cannot be read, or the private key does not leave
     *     the device that keeps it
     */
    static QuicSslContext client(ClientTlsConfig tls, String serverName, @Nullable BoringSSLKeylog keyLog)
            throws GeneralSecurityException {
        return client(tls, TrustManagers.of(tls.trust(), serverName), keyLog);
    }

    /** The same with a trust manager that the caller made, and that serves one server name. */
    static QuicSslContext client(ClientTlsConfig tls, X509ExtendedTrustManager trust, @Nullable BoringSSLKeylog keyLog)
            throws InvalidKeyException {
        QuicSslContextBuilder builder = QuicSslContextBuilder.forClient()
                .trustManager(trust)
                // Names are checked by our trust manager, alike for every engine.
                .endpointIdentificationAlgorithm(null);
        Optional<TlsIdentity> identity = tls.identity();
        if (identity.isPresent()) {
            builder.keyManager(keyManager(identity.get()), null);
        }
        return build(builder, keyLog);
    }

    /**
     * The context of all connections of a server; a name that a client asks for may put another one in its place.
     *
     * @param tls who the server is, and whether its clients need a certificate
     * @param keyLog takes the secrets of the connections, or null
     * @return the context
     * @throws GeneralSecurityException if the trust store of the platform cannot be read, or the private key does not leave
     *     the device that keeps it
     */
    static QuicSslContext server(ServerTlsConfig tls, @Nullable BoringSSLKeylog keyLog)
            throws GeneralSecurityException {
        QuicSslContextBuilder builder = server(tls, tls.identity());
        if (!tls.identities().isEmpty()) {
            builder.sni(byName(tls, keyLog));
        }
        return build(builder, keyLog);
    }

    /** A context for each identity, of which the one that a client's name chooses takes over from the first. */
    private static Mapping<String, QuicSslContext> byName(ServerTlsConfig tls, @Nullable BoringSSLKeylog keyLog)
            throws GeneralSecurityException {
        // By identity, not by name: several names may share one.
        Map<TlsIdentity, QuicSslContext> contexts = new IdentityHashMap<>();
        contexts.put(tls.identity(), build(server(tls, tls.identity()), keyLog));
        for (TlsIdentity identity : tls.identities().values()) {
            if (!contexts.containsKey(identity)) {
                contexts.put(identity, build(server(tls, identity), keyLog));
            }
        }
        return name -> contexts.get(tls.identityFor(name));
    }

    private static QuicSslContextBuilder server(ServerTlsConfig tls, TlsIdentity identity)
            throws GeneralSecurityException {
        QuicSslContextBuilder builder = QuicSslContextBuilder.forServer(keyManager(identity), null)
                .clientAuth(clientAuth(tls.clientAuthentication()));
        if (tls.clientAuthentication() != ClientAuthentication.NONE) {
            builder.trustManager(TrustManagers.of(tls.clientTrust(), null));
        }
        return builder;
    }

    /**
     * Why this end refused the certificate of the peer, if that is what ended the handshake.
     *
     * @param engine {@code QuicChannel.sslEngine()} of the connection
     * @return the refusal, or empty when there was none
     */
    static Optional<CertificateException> refusal(@Nullable SSLEngine engine) {
        return engine == null ? Optional.empty() : PeerTrustManager.refusal(engine);
    }

    private static X509ExtendedKeyManager keyManager(TlsIdentity identity) throws InvalidKeyException {
        // BoringSSL signs by itself, with the bytes of the key.
        if (identity.privateKey().getEncoded() == null) {
            throw new InvalidKeyException(
                    "the private key of the " + identity + " cannot be exported; this engine needs one that can");
        }
        return KeyManagers.of(identity);
    }

    private static QuicSslContext build(QuicSslContextBuilder builder, @Nullable BoringSSLKeylog keyLog) {
        //= draft-ietf-webtrans-http3-16#3.2
        //# no session begins in 0-RTT data: there is none, at either end
        return builder.applicationProtocols(ALPN_HTTP_3)
                .earlyData(false)
                .keylog(keyLog)
                .build();
    }

    private static ClientAuth clientAuth(ClientAuthentication authentication) {
        return switch (authentication) {
            case NONE -> ClientAuth.NONE;
            case OPTIONAL -> ClientAuth.OPTIONAL;
            case REQUIRED -> ClientAuth.REQUIRE;
        };
    }
}
