package dev.webtransport.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.tls.TestIdentities;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings from maps and properties. */
class ConfigMapTest {
    private static final String HASH = "ab".repeat(32);

    @TempDir
    Path directory;

    @Test
    void nothing_said_means_every_default() throws Exception {
        assertEquals(ConfigMap.describe(ClientConfig.defaults()), ConfigMap.describe(ConfigMap.client(Map.of())));
        assertEquals(
                ConfigMap.describe(ServerConfig.builder(SomeIdentity.server()).build()),
                ConfigMap.describe(ConfigMap.server(identity())));
    }

    @Test
    void each_kind_of_value_is_read() throws IOException {
        ClientConfig config = ConfigMap.client(Map.ofEntries(
                Map.entry("connect-timeout", "PT1.5S"),
                Map.entry("engine", "kwik"),
                Map.entry("quic.handshake-timeout", "250ms"),
                Map.entry("quic.idle-timeout", " 2m "),
                Map.entry("quic.keep-alive-interval", "none"),
                Map.entry("quic.max-data", "1GiB"),
                Map.entry("quic.max-stream-data", "65537"),
                Map.entry("quic.send-buffer-size", "64KiB"),
                Map.entry("quic.congestion-control", "Reno"),
                Map.entry("quic.qlog-directory", "logs"),
                Map.entry("quic.datagrams.incoming-queue-length", "7"),
                Map.entry("http3.drafts", "draft-02,draft-15"),
                Map.entry("http3.additional-settings", "0x1234=5, 77=0x10"),
                Map.entry("headers.user-agent", "ours/1"),
                Map.entry("tls.server-certificate-hashes", HASH)));
        assertEquals(Duration.ofMillis(1500), config.connectTimeout());
        assertEquals(Engine.KWIK, config.engine());
        assertEquals(Duration.ofMillis(250), config.quic().handshakeTimeout());
        assertEquals(Duration.ofMinutes(2), config.quic().idleTimeout());
        assertEquals(Optional.empty(), config.quic().keepAliveInterval());
        assertEquals(1L << 30, config.quic().maxData());
        assertEquals(65537, config.quic().maxStreamData());
        assertEquals(64 << 10, config.quic().sendBufferSize());
        assertEquals(CongestionControl.RENO, config.quic().congestionControl());
        assertEquals(Optional.of(Path.of("logs")), config.quic().qlogDirectory());
        assertEquals(7, config.quic().datagrams().incomingQueueLength());
        assertEquals(
                Set.of(WebTransportDraft.DRAFT_02, WebTransportDraft.DRAFT_15),
                config.http3().drafts());
        assertEquals(Map.of(0x1234L, 5L, 77L, 16L), config.http3().additionalSettings());
        assertEquals(Optional.of("ours/1"), config.headers().first("user-agent"));
        Trust.Hashes pinned = assertInstanceOf(Trust.Hashes.class, config.tls().trust());
        assertEquals(List.of(ServerCertificateHash.sha256(HASH)), pinned.hashes());
    }

    @Test
    void a_server_reads_its_identity_its_addresses_and_whom_it_lets_in() throws IOException {
        Map<String, String> settings = identity();
        settings.put("bind-addresses", "127.0.0.1:0, [::1]:0, *:4433");
        settings.put("origin-policy", "https://A.example, https://b.example:8443");
        settings.put("max-sessions", "12");
        settings.put("tls.client-authentication", "required");
        settings.put("tls.client-trust-certificates", settings.get("tls.certificate"));
        ServerConfig config = ConfigMap.server(settings);
        assertEquals(
                List.of(
                        new InetSocketAddress("127.0.0.1", 0),
                        new InetSocketAddress("::1", 0),
                        new InetSocketAddress(4433)),
                config.bindAddresses());
        assertTrue(config.originPolicy().allows("https://a.example", "x"));
        assertFalse(config.originPolicy().allows("https://c.example", "x"));
        assertEquals(12, config.maxSessions());
        assertEquals(ClientAuthentication.REQUIRED, config.tls().clientAuthentication());
        assertInstanceOf(Trust.Authorities.class, config.tls().clientTrust());
        settings.put("origin-policy", "any");
        assertTrue(ConfigMap.server(settings).originPolicy().allows("https://c.example", "x"));
        settings.put("origin-policy", "same-host");
        assertFalse(ConfigMap.server(settings).originPolicy().allows("https://c.example", "x"));
    }

    @Test
    void a_client_reads_certificates_of_its_own_and_of_authorities() throws IOException {
        Map<String, String> settings = identity();
        settings.put("tls.trust-certificates", settings.get("tls.certificate"));
        ClientTlsConfig tls = ConfigMap.client(settings).tls();
        assertTrue(tls.identity().isPresent());
        assertInstanceOf(Trust.Authorities.class, tls.trust());
        settings.put("tls.server-certificate-hashes", HASH);
        assertRefused(settings, "tls.trust-certificates", "exclude");
        assertRefused(Map.of("tls.certificate", "cert.pem"), "tls.private-key is missing");
    }

    @Test
    void a_server_reads_other_identities_for_single_names() throws IOException {
        Map<String, String> settings = identity();
        settings.put("tls.certificate.*.example.com", settings.get("tls.certificate"));
        settings.put("tls.private-key.*.example.com", settings.get("tls.private-key"));
        ServerTlsConfig tls = ConfigMap.server(settings).tls();
        assertEquals(Set.of("*.example.com"), tls.identities().keySet());
        assertSame(tls.identities().get("*.example.com"), tls.identityFor("a.example.com"));
        settings.remove("tls.certificate.*.example.com");
        assertRefusedByServer(settings, "tls.certificate.*.example.com is missing", "each name needs both");
        settings.remove("tls.private-key.*.example.com");
        settings.put("tls.certificate.10.0.0.1", settings.get("tls.certificate"));
        settings.put("tls.private-key.10.0.0.1", settings.get("tls.private-key"));
        assertRefusedByServer(settings, "tls.certificate.10.0.0.1", "IP address");
    }

    private static void assertRefusedByServer(Map<String, String> settings, String... parts) {
        String message = assertThrows(IllegalArgumentException.class, () -> ConfigMap.server(settings))
                .getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void properties_with_defaults_are_read_like_a_map() throws IOException {
        Properties defaults = new Properties();
        defaults.setProperty("quic.idle-timeout", "7s");
        Properties settings = new Properties(defaults);
        settings.setProperty("connect-timeout", "3s");
        ClientConfig config = ConfigMap.client(settings);
        assertEquals(Duration.ofSeconds(7), config.quic().idleTimeout());
        assertEquals(Duration.ofSeconds(3), config.connectTimeout());
        Properties server = new Properties();
        server.putAll(identity());
        assertEquals(10_000, ConfigMap.server(server).maxSessions());
    }

    @Test
    void what_is_described_is_read_back() throws IOException {
        Map<String, String> settings = identity();
        settings.put("bind-addresses", "127.0.0.1:1, [2001:db8::1]:2, *:3");
        settings.put("origin-policy", "https://b.example, https://a.example");
        settings.put("http3.additional-settings", "0x1234=5");
        settings.put("quic.max-data", "3000");
        settings.put("quic.idle-timeout", "1234ms");
        settings.put("quic.key-log-file", "keys.txt");
        Map<String, String> described = ConfigMap.describe(ConfigMap.server(settings));
        assertEquals("1234ms", described.get("quic.idle-timeout"));
        assertEquals("3000", described.get("quic.max-data"));
        assertEquals("https://a.example, https://b.example", described.get("origin-policy"));
        assertEquals("127.0.0.1:1, [2001:db8:0:0:0:0:0:1]:2, *:3", described.get("bind-addresses"));
        Map<String, String> again = new HashMap<>(described);
        again.putAll(identity());
        assertEquals(described, ConfigMap.describe(ConfigMap.server(again)));
        Map<String, String> client = ConfigMap.describe(
                ConfigMap.client(Map.of("tls.server-certificate-hashes", HASH, "connect-timeout", "1h")));
        assertEquals(HASH, client.get("tls.server-certificate-hashes"));
        assertEquals(client, ConfigMap.describe(ConfigMap.client(client)));
    }

    @Test
    void an_unknown_key_is_refused_with_the_nearest_known_one() {
        assertRefused(Map.of("quic.idleTimeout", "1s"), "unknown key \"quic.idleTimeout\"", "\"quic.idle-timeout\"");
        assertRefused(Map.of("quic.idle-timout", "1s"), "\"quic.idle-timeout\"");
        assertRefused(Map.of("idle_timeout", "1s"), "\"quic.idle-timeout\"");
        assertRefused(Map.of("max-connections", "1"), "unknown key \"max-connections\"");
        assertRefused(Map.of("", "1"), "unknown key \"\"");
        assertRefused(Map.of("headers.", "1"), "unknown key \"headers.\"");
    }

    @Test
    void a_bad_value_is_refused_with_key_value_and_expectation() {
        assertRefused(Map.of("connect-timeout", "soon"), "connect-timeout=\"soon\"", "expected a duration", "30s");
        assertRefused(Map.of("connect-timeout", "5 fortnights"), "expected a duration");
        assertRefused(Map.of("connect-timeout", ""), "expected a duration");
        assertRefused(Map.of("connect-timeout", "0s"), "connect-timeout=\"0s\"", "outside");
        assertRefused(Map.of("connect-timeout", "none"), "expected a duration");
        assertRefused(Map.of("connect-timeout", "99999999999999999999s"), "expected a duration");
        assertRefused(Map.of("quic.max-data", "16MB"), "quic.max-data=\"16MB\"", "64KiB");
        assertRefused(Map.of("quic.max-data", "9999999999GiB"), "expected a number of bytes");
        assertRefused(Map.of("quic.send-buffer-size", "4GiB"), "expected a number of bytes");
        assertRefused(Map.of("quic.accept-backlog", "0"), "outside 1..65536");
        assertRefused(Map.of("quic.accept-backlog", "many"), "expected a whole number");
        assertRefused(Map.of("quic.congestion-control", "vegas"), "one of bbr, cubic, reno");
        assertRefused(Map.of("http3.drafts", "draft-99"), "draft-02");
        assertRefused(Map.of("http3.drafts", ""), "drafts is empty");
        assertRefused(Map.of("http3.additional-settings", "0x1234"), "0x1234=1");
        assertRefused(Map.of("http3.additional-settings", "1=2"), "not free");
        assertRefused(Map.of("http3.additional-settings", "99=2, 0x63=1"), "twice");
        assertRefused(Map.of("headers.host", "x"), "\"host\"");
        assertRefused(Map.of("headers.a b", "x"), "headers.a b");
        assertRefused(Map.of("tls.server-certificate-hashes", "abcd"), "64 hexadecimal digits");
    }

    @Test
    void addresses_are_literals_because_names_would_have_to_be_looked_up() throws IOException {
        for (String address : List.of(
                "localhost:1", "127.0.0.1", "127.0.0.1:65536", "256.0.0.1:1", "::1:1", "[::1]", "[:::::]:1", "*", "")) {
            Map<String, String> settings = identity();
            settings.put("bind-addresses", address);
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> ConfigMap.server(settings), address);
            assertTrue(String.valueOf(refused.getMessage()).contains("bind-addresses"), refused.getMessage());
        }
    }

    @Test
    void a_server_without_identity_and_files_that_are_not_there_are_told() throws IOException {
        IllegalArgumentException missing =
                assertThrows(IllegalArgumentException.class, () -> ConfigMap.server(Map.of()));
        assertTrue(String.valueOf(missing.getMessage()).contains("tls.certificate is missing"), missing.getMessage());
        Map<String, String> settings = identity();
        settings.put("tls.certificate", directory.resolve("nowhere.pem").toString());
        IOException unreadable = assertThrows(IOException.class, () -> ConfigMap.server(settings));
        assertTrue(String.valueOf(unreadable.getMessage()).contains("nowhere.pem"), unreadable.getMessage());
        assertTrue(String.valueOf(unreadable.getMessage()).contains("tls.certificate"), unreadable.getMessage());
        IOException noAuthority = assertThrows(
                IOException.class,
                () -> ConfigMap.client(Map.of(
                        "tls.trust-certificates", directory.resolve("none.pem").toString())));
        assertTrue(
                String.valueOf(noAuthority.getMessage()).contains("tls.trust-certificates"), noAuthority.getMessage());
    }

    private static void assertRefused(Map<String, String> settings, String... parts) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> ConfigMap.client(settings), settings::toString);
        for (String part : parts) {
            assertTrue(
                    String.valueOf(refused.getMessage()).contains(part),
                    () -> "\"" + part + "\" in " + refused.getMessage());
        }
    }

    /** PEM files of a new identity. */
    private Map<String, String> identity() throws IOException {
        Path certificate = directory.resolve("cert.pem");
        Path key = directory.resolve("key.pem");
        if (!Files.exists(certificate)) {
            try {
                TlsIdentity identity = TestIdentities.localhost(Algorithm.ecp256);
                write(certificate, "CERTIFICATE", identity.chain().get(0).getEncoded());
                write(key, "PRIVATE KEY", identity.privateKey().getEncoded());
            } catch (Exception impossible) {
                throw new IOException(impossible);
            }
        }
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("tls.certificate", certificate.toString());
        settings.put("tls.private-key", key.toString());
        return settings;
    }

    private static void write(Path file, String label, byte[] der) throws IOException {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        Files.writeString(file, "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
    }
}
