package dev.webtransport.samples.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.webtransport.config.ServerCertificateHash;
import dev.webtransport.samples.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Serves the demo's web page on {@code http://localhost}: pages from there may use WebTransport as those of https may.
 * Reached from this machine only; everything it needs is in this jar.
 */
public final class DemoPage implements AutoCloseable {
    private static final int BACKLOG = 16;

    private final List<HttpServer> servers = new ArrayList<>();
    private final Map<String, Resource> resources = new LinkedHashMap<>();
    private volatile @Nullable Session session;

    private DemoPage() {
        resources.put("/", new Resource("index.html", "text/html; charset=utf-8"));
        resources.put("/style.css", new Resource("style.css", "text/css; charset=utf-8"));
        resources.put("/demo.js", new Resource("demo.js", "text/javascript; charset=utf-8"));
        resources.put("/icon.svg", new Resource("icon.svg", "image/svg+xml"));
    }

    /**
     * Begins to listen, on every address that {@code localhost} has: browsers differ in which they try.
     *
     * @param port the TCP port; 0 picks a free one
     * @return the page
     * @throws IOException if the port cannot be used
     */
    public static DemoPage listen(int port) throws IOException {
        DemoPage page = new DemoPage();
        try {
            for (InetAddress address : InetAddress.getAllByName("localhost")) {
                page.bind(new InetSocketAddress(address, page.servers.isEmpty() ? port : page.port()));
            }
        } catch (IOException failure) {
            page.close();
            throw failure;
        }
        return page;
    }

    /** The TCP port. @return the port */
    public int port() {
        return servers.get(0).getAddress().getPort();
    }

    /** What to type into a browser. @return the address of the page */
    public String url() {
        return "http://localhost:" + port();
    }

    /**
     * Tells the page which server to talk to.
     *
     * @param url of the WebTransport server
     * @param hash of its certificate
     */
    public void show(String url, ServerCertificateHash hash) {
        session = new Session(url, hash);
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
    }

    private void bind(InetSocketAddress address) throws IOException {
        HttpServer server = HttpServer.create(address, BACKLOG);
        server.createContext("/", this::answer);
        server.start();
        servers.add(server);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Session shown = session;
            if (!exchange.getRequestMethod().equals("GET")) {
                send(exchange, 405, "text/plain", "GET only".getBytes(StandardCharsets.UTF_8));
            } else if (path.equals("/session.json") && shown != null) {
                send(exchange, 200, "application/json", shown.json().getBytes(StandardCharsets.UTF_8));
            } else {
                Resource resource = resources.get(path);
                if (resource == null) {
                    send(exchange, 404, "text/plain", "not found".getBytes(StandardCharsets.UTF_8));
                } else {
                    send(exchange, 200, resource.type, resource.content);
                }
            }
        }
    }

    private void send(HttpExchange exchange, int status, String type, byte[] content) throws IOException {
        Session shown = session;
        exchange.getResponseHeaders().set("content-type", type);
        exchange.getResponseHeaders().set("cache-control", "no-store");
        exchange.getResponseHeaders().set("x-content-type-options", "nosniff");
        exchange.getResponseHeaders()
                .set(
                        "content-security-policy",
                        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
                                + (shown == null ? "" : " " + shown.url));
        exchange.sendResponseHeaders(status, content.length);
        exchange.getResponseBody().write(content);
    }

    private static final class Session {
        private final String url;
        private final ServerCertificateHash hash;

        Session(String url, ServerCertificateHash hash) {
            this.url = url;
            this.hash = hash;
        }

        String json() {
            Map<String, String> members = new LinkedHashMap<>();
            members.put("url", url);
            members.put("hash", hash.toHex());
            return Json.of(members);
        }
    }

    private static final class Resource {
        private final byte[] content;
        private final String type;

        Resource(String name, String type) {
            this.type = type;
            String path = "/dev/webtransport/samples/demo/" + name;
            try (InputStream file = DemoPage.class.getResourceAsStream(path)) {
                if (file == null) {
                    throw new IllegalStateException(path + " is missing from this jar");
                }
                content = file.readAllBytes();
            } catch (IOException unreadable) {
                throw new UncheckedIOException("cannot read " + path, unreadable);
            }
        }
    }
}
