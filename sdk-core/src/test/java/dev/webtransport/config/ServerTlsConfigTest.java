package dev.webtransport.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.tls.TestIdentities;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerTlsConfigTest {
    private static TlsIdentity common;
    private static TlsIdentity own;
    private static TlsIdentity wild;

    @BeforeAll
    static void makeIdentities() throws Exception {
        common = TestIdentities.localhost(Algorithm.ecp256);
        own = TestIdentities.localhost(Algorithm.ecp256);
        wild = TestIdentities.localhost(Algorithm.ecp256);
    }

    private static ServerTlsConfig config() {
        return ServerTlsConfig.builder(common)
                .identity("API.example.com", own)
                .identity("*.example.com", wild)
                .identity("bücher.example", own)
                .build();
    }

    //= rfc9525#6.3
    @Test
    void the_name_comes_before_the_wildcard_and_that_before_the_common_identity() {
        ServerTlsConfig config = config();
        assertSame(own, config.identityFor("api.example.com"));
        assertSame(own, config.identityFor("Api.Example.COM."));
        assertSame(wild, config.identityFor("www.example.com"));
        assertSame(own, config.identityFor("xn--bcher-kva.example"));
        for (String other :
                List.of("example.com", "a.b.example.com", "example.org", "", ".example.com", "*.example.com")) {
            assertTrue(config.identityFor(other) != own, other);
        }
        assertSame(common, config.identityFor("example.com"));
        assertSame(common, config.identityFor("a.b.example.com"));
        assertSame(common, config.identityFor(null));
        assertSame(common, ServerTlsConfig.builder(common).build().identityFor("api.example.com"));
    }

    @Test
    void names_are_kept_by_a_builder_and_the_last_one_counts() {
        ServerTlsConfig config =
                config().toBuilder().identity("api.example.com", wild).build();
        assertEquals(
                Set.of("api.example.com", "*.example.com", "xn--bcher-kva.example"),
                config.identities().keySet());
        assertSame(wild, config.identityFor("api.example.com"));
        assertSame(own, config().identityFor("api.example.com"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "*.com",
                "a.*.example.com",
                "**.example.com",
                "a b.example",
                "-a.example",
                "a..example",
                "10.0.0.1",
                "::1",
                "example.com:443",
                "*."
            })
    void what_is_no_host_name_is_refused_with_its_text(String name) {
        String message = assertThrows(IllegalArgumentException.class, () -> ServerTlsConfig.builder(common)
                        .identity(name, own))
                .getMessage();
        assertTrue(message.contains("\"" + name + "\""), message);
    }
}
