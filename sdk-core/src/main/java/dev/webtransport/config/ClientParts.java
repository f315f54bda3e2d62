package dev.webtransport.config;

import static dev.webtransport.config.SettingType.PATH;

import dev.webtransport.value.Headers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The builders of a client's settings, while they are read from texts. */
final class ClientParts {
    /** Every key of a client but {@code headers.NAME}. */
    static final List<Setting<ClientParts, ClientConfig>> TABLE = SettingTables.joined(List.of(
            Setting.within("", SettingTables.CLIENT, parts -> parts.client, config -> config),
            Setting.within("", tls(), parts -> parts, ClientConfig::tls),
            Setting.within("quic", SettingTables.QUIC, parts -> parts.quic, ClientConfig::quic),
            Setting.within("quic.datagrams", SettingTables.DATAGRAMS, parts -> parts.datagrams, config -> config.quic()
                    .datagrams()),
            Setting.within("quic.socket", SettingTables.SOCKET, parts -> parts.socket, config -> config.quic()
                    .socket()),
            Setting.within("http3", SettingTables.HTTP3, parts -> parts.http3, ClientConfig::http3),
            Setting.within(
                    "http3.flow-control",
                    SettingTables.FLOW_CONTROL,
                    parts -> parts.flowControl,
                    config -> config.http3().flowControl())));

    final Headers.Builder headers = Headers.builder();
    private final ClientConfig.Builder client = ClientConfig.builder();
    private final ClientTlsConfig.Builder tls = ClientTlsConfig.builder();
    private final QuicConfig.Builder quic = QuicConfig.builder();
    private final DatagramConfig.Builder datagrams = DatagramConfig.builder();
    private final SocketConfig.Builder socket = SocketConfig.builder();
    private final Http3Config.Builder http3 = Http3Config.builder();
    private final SessionFlowControlConfig.Builder flowControl = SessionFlowControlConfig.off().toBuilder();
    private @Nullable Path certificate;
    private @Nullable Path privateKey;
    private @Nullable Path trustCertificates;
    private @Nullable List<ServerCertificateHash> hashes;

    private static List<Setting<ClientParts, ClientTlsConfig>> tls() {
        return List.of(
                Setting.hidden(
                        "tls.trust-certificates",
                        PATH.orNone(),
                        (ClientParts parts, @Nullable Path file) -> parts.trustCertificates = file,
                        "A PEM file of the authorities to trust, instead of those of the system."),
                Setting.of(
                        "tls.server-certificate-hashes",
                        SettingType.list(
                                        "SHA-256 hashes of 64 hexadecimal digits",
                                        ServerCertificateHash::sha256,
                                        ServerCertificateHash::toHex)
                                .orNone(),
                        (ClientParts parts, @Nullable List<ServerCertificateHash> value) -> parts.hashes = value,
                        (ClientTlsConfig config) ->
                                config.trust() instanceof Trust.Hashes pinned ? pinned.hashes() : null,
                        "Certificates to trust by their hash, instead of authorities."),
                Setting.hidden(
                        "tls.certificate",
                        PATH.orNone(),
                        (ClientParts parts, @Nullable Path file) -> parts.certificate = file,
                        "A PEM file of the certificate chain that the client shows when asked, leaf first."),
                Setting.hidden(
                        "tls.private-key",
                        PATH.orNone(),
                        (ClientParts parts, @Nullable Path file) -> parts.privateKey = file,
                        "A PEM file of the private key of that certificate, not encrypted."),
                Setting.of(
                        "tls.session-resumption",
                        SettingType.oneOf(SessionResumption.class),
                        (ClientParts parts, SessionResumption value) -> parts.tls.sessionResumption(value),
                        ClientTlsConfig::sessionResumption,
                        "Whether a connection may begin with a session ticket of an earlier one."));
    }

    ClientConfig build() throws IOException {
        if (trustCertificates != null && hashes != null) {
            throw new IllegalArgumentException(
                    "tls.trust-certificates and tls.server-certificate-hashes exclude each other; name one");
        }
        if (trustCertificates != null) {
            tls.trust(ConfigMap.authorities("tls.trust-certificates", trustCertificates));
        }
        if (hashes != null) {
            tls.trust(Trust.serverCertificateHashes(hashes));
        }
        if (certificate != null || privateKey != null) {
            tls.identity(ConfigMap.identity(
                    text(certificate), text(privateKey), "", "a client with one of them needs both"));
        }
        return client.tls(tls.build())
                .quic(quic.datagrams(datagrams.build()).socket(socket.build()).build())
                .http3(http3.flowControl(flowControl.build()).build())
                .headers(headers.build())
                .build();
    }

    private static @Nullable String text(@Nullable Path file) {
        return file == null ? null : file.toString();
    }
}
