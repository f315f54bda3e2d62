package dev.webtransport.samples.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.ServerCertificateHash;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DemoPageTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private DemoPage page;

    @BeforeEach
    void listen() throws IOException {
        page = DemoPage.listen(0);
        page.show("https://127.0.0.1:4433/", ServerCertificateHash.sha256("ab".repeat(32)));
    }

    @AfterEach
    void close() {
        page.close();
    }

    @ParameterizedTest
    @CsvSource({"/, text/html", "/style.css, text/css", "/demo.js, text/javascript", "/icon.svg, image/svg+xml"})
    void everything_the_page_needs_is_there(String path, String type) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(path);

        assertEquals(200, answer.statusCode());
        assertTrue(answer.headers().firstValue("content-type").orElse("").startsWith(type));
        assertFalse(answer.body().isEmpty());
    }

    @Test
    void the_page_is_told_where_the_server_is_and_may_go_nowhere_else() throws IOException, InterruptedException {
        HttpResponse<String> answer = get("/session.json");

        assertEquals("{\"url\":\"https://127.0.0.1:4433/\",\"hash\":\"" + "ab".repeat(32) + "\"}", answer.body());
        String policy = answer.headers().firstValue("content-security-policy").orElse("");
        assertTrue(policy.startsWith("default-src 'none';"), policy);
        assertTrue(policy.endsWith("connect-src 'self' https://127.0.0.1:4433/"), policy);
    }

    @Test
    void the_page_loads_nothing_from_elsewhere() throws IOException, InterruptedException {
        for (String path : new String[] {"/", "/style.css", "/demo.js"}) {
            String body = get(path).body();
            assertFalse(body.matches("(?s).*(src|href|import|url\\()\\s*=?\\s*[\"'(]?(https?:)?//.*"), path);
        }
    }

    @Test
    void other_paths_and_methods_are_refused() throws IOException, InterruptedException {
        assertEquals(404, get("/nothing").statusCode());
        assertEquals(404, get("/../build.properties").statusCode());
        HttpRequest post = HttpRequest.newBuilder(URI.create(page.url() + "/"))
                .POST(HttpRequest.BodyPublishers.ofString("x"))
                .build();
        assertEquals(
                405, client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(page.url() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
