package dev.webtransport.async;

import static dev.webtransport.async.Outcome.of;

import dev.webtransport.config.SessionOptions;
import java.util.concurrent.CompletableFuture;

/** A client and a server that reach each other. */
final class Peers {
    final AsyncClient client;
    final AsyncServer server;

    Peers(AsyncClient client, AsyncServer server) {
        this.client = client;
        this.server = server;
    }

    String url(String path) {
        return "https://127.0.0.1:" + server.port() + path;
    }

    /** A session as both ends see it. */
    Pair sessions() throws Exception {
        CompletableFuture<AsyncSession> opened = client.connect(url("/"), SessionOptions.defaults());
        AsyncSession accepted = of(of(server.acceptRequest()).orElseThrow().accept());
        return new Pair(of(opened), accepted);
    }

    void close() throws Exception {
        of(client.close());
        of(server.close());
    }

    /** The two ends of one session. */
    record Pair(AsyncSession client, AsyncSession server) {}
}
