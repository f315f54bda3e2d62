package dev.webtransport.config;

import static dev.webtransport.config.SettingType.PATH;
import static dev.webtransport.config.SettingType.oneOf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The builders of a server's settings, while they are read from texts. */
final class ServerParts {
    /** Every key of a server. */
    static final List<Setting<ServerParts, ServerConfig>> TABLE = SettingTables.joined(List.of(
            Setting.within("", tls(), parts -> parts, ServerConfig::tls),
            Setting.within("", SettingTables.SERVER, parts -> parts.server, config -> config),
            Setting.within("quic", SettingTables.QUIC, parts -> parts.quic, ServerConfig::quic),
            Setting.within("quic.datagrams", SettingTables.DATAGRAMS, parts -> parts.datagrams, config -> config.quic()
                    .datagrams()),
            Setting.within("quic.socket", SettingTables.SOCKET, parts -> parts.socket, config -> config.quic()
                    .socket()),
            Setting.within("http3", SettingTables.HTTP3, parts -> parts.http3, ServerConfig::http3),
            Setting.within(
                    "http3.flow-control",
                    SettingTables.FLOW_CONTROL,
                    parts -> parts.flowControl,
                    config -> config.http3().flowControl())));

    private final ServerTlsConfig.Builder tls;
    private final ServerConfig.Builder server;
    private final QuicConfig.Builder quic = QuicConfig.builder();
    private final DatagramConfig.Builder datagrams = DatagramConfig.builder();
    private final SocketConfig.Builder socket = SocketConfig.builder();
    private final Http3Config.Builder http3 = Http3Config.builder();
    private final SessionFlowControlConfig.Builder flowControl = SessionFlowControlConfig.off().toBuilder();
    private @Nullable Path clientTrustCertificates;

    ServerParts(ServerTlsConfig.Builder tls) {
        this.tls = tls;
        this.server = ServerConfig.builder(tls.build());
    }

    private static List<Setting<ServerParts, ServerTlsConfig>> tls() {
        return List.of(
                // These two are read first, because nothing can be built without them.
                Setting.hidden(
                        "tls.certificate",
                        PATH,
                        (ServerParts parts, Path file) -> {},
                        "A PEM file of the certificate chain, leaf first. Must be there."),
                Setting.hidden(
                        "tls.private-key",
                        PATH,
                        (ServerParts parts, Path file) -> {},
                        "A PEM file of the private key of that certificate, not encrypted. Must be there."),
                Setting.of(
                        "tls.client-authentication",
                        oneOf(ClientAuthentication.class),
                        (ServerParts parts, ClientAuthentication value) -> parts.tls.clientAuthentication(value),
                        ServerTlsConfig::clientAuthentication,
                        "Whether clients are asked for a certificate."),
                Setting.hidden(
                        "tls.client-trust-certificates",
                        PATH.orNone(),
                        (ServerParts parts, @Nullable Path file) -> parts.clientTrustCertificates = file,
                        "A PEM file of the authorities of client certificates, instead of those of the system."),
                Setting.of(
                        "tls.session-resumption",
                        oneOf(SessionResumption.class),
                        (ServerParts parts, SessionResumption value) -> parts.tls.sessionResumption(value),
                        ServerTlsConfig::sessionResumption,
                        "Whether a connection may begin with a session ticket of an earlier one."));
    }

    ServerConfig build() throws IOException {
        if (clientTrustCertificates != null) {
            tls.clientTrust(ConfigMap.authorities("tls.client-trust-certificates", clientTrustCertificates));
        }
        return server.tls(tls.build())
                .quic(quic.datagrams(datagrams.build()).socket(socket.build()).build())
                .http3(http3.flowControl(flowControl.build()).build())
                .build();
    }
}
