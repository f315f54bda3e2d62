package dev.webtransport.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPolicyTest {
    @ParameterizedTest
    @CsvSource({
        "https://example.com, example.com, true",
        "https://example.com, example.com:4433, true",
        "https://example.com:8443, example.com:4433, true",
        "http://example.com, example.com, true",
        "HTTPS://EXAMPLE.com, example.COM:443, true",
        "https://[::1]:8080, [::1]:4433, true",
        "https://127.0.0.1:8080, 127.0.0.1:4433, true",
        "https://localhost:3000, localhost:4433, true",
        "https://example.com, www.example.com, false",
        "https://www.example.com, example.com, false",
        "https://example.com.evil.example, example.com, false",
        "https://evil.example, example.com, false",
        "https://[::1], [::2], false",
        "https://127.0.0.1, localhost, false",
        "null, example.com, false",
        "null, null, false",
        "'', example.com, false",
        "https://example.com, '', false",
        "https://example.com@evil.example, example.com, false",
        "https://evil.example#example.com, example.com, false",
        "https://example.com/path, example.com, false",
        "example.com, example.com, false",
        "https://example.com https://evil.example, example.com, false",
        "https://example.com, evil.example@example.com, false",
        "file:///example.com, example.com, false",
        "https:///example.com, example.com, false",
    })
    void same_host_compares_hosts_and_nothing_else(String origin, String authority, boolean allowed) {
        assertEquals(allowed, OriginPolicy.sameHost().allows(origin, authority));
    }

    @ParameterizedTest
    @CsvSource({
        "https://example.com, true",
        "https://example.com:443, true",
        "HTTPS://EXAMPLE.COM, true",
        "https://example.com:8443, false",
        "http://example.com, false",
        "http://example.com:80, false",
        "http://plain.example, true",
        "http://plain.example:80, true",
        "http://plain.example:443, false",
        "https://plain.example, false",
        "https://other.example:8443, true",
        "https://other.example, false",
        "https://[::1]:9000, true",
        "https://[::1], false",
        "https://sub.example.com, false",
        "https://example.com., false",
        "https://example.com/, false",
        "https://user@example.com, false",
        "https://example.com?query, false",
        "null, false",
        "'', false",
        "*, false",
    })
    void listed_origins_compare_scheme_host_and_port(String origin, boolean allowed) {
        OriginPolicy policy = OriginPolicy.of(Set.of(
                "https://example.com", "http://PLAIN.example:80", "https://other.example:8443", "https://[::1]:9000"));
        assertEquals(allowed, policy.allows(origin, "whatever.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.com", "http://x", "null", "", "nonsense"})
    void any_allows_every_page_opaque_ones_too(String origin) {
        assertTrue(OriginPolicy.any().allows(origin, "example.com"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "",
                "*",
                "example.com",
                "https://",
                "https://*.example.com",
                "https://example.com/",
                "https://example.com/path",
                "https://example.com?query",
                "https://example.com#fragment",
                "https://user@example.com",
                "https://exa mple.com",
                "//example.com",
                "mailto:a@example.com",
                "https://example.com:port",
            })
    void what_is_no_origin_cannot_be_listed(String origin) {
        String message = assertThrows(IllegalArgumentException.class, () -> OriginPolicy.of(Set.of(origin)))
                .getMessage();
        assertTrue(message.startsWith("\"" + origin + "\" is not an origin"), message);
    }

    @Test
    void an_empty_list_allows_no_page() {
        assertFalse(OriginPolicy.of(Set.of()).allows("https://example.com", "example.com"));
    }

    @Test
    void a_policy_says_what_it_is() {
        assertEquals("same host", OriginPolicy.sameHost().toString());
        assertEquals("any origin", OriginPolicy.any().toString());
        assertEquals(
                "origins [https://example.com]",
                OriginPolicy.of(Set.of("HTTPS://Example.com:443")).toString());
    }
}
