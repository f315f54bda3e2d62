package dev.webtransport.samples.browser;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** One start of a browser: it loads a page from here, the page runs the scenarios and posts each result back. */
final class BrowserRun {
    /** How long one scenario may take; the browser gives up then and goes on with the next. */
    static final Duration SCENARIO_LIMIT = Duration.ofSeconds(60);

    private static final Duration EXIT_LIMIT = Duration.ofSeconds(10);
    private final Map<String, CompletableFuture<ScenarioResult>> results = new LinkedHashMap<>();
    private final HttpServer http;
    private final Site site;
    private final Path directory;
    private final Process process;

    private BrowserRun(HttpServer http, Site site, Path directory, List<String> scenarios, Process process) {
        this.http = http;
        this.site = site;
        this.directory = directory;
        this.process = process;
        scenarios.forEach(name -> results.put(name, new CompletableFuture<>()));
    }

    /** Opens the page of a site, which posts the result of each scenario to {@code /result/NAME}. */
    static BrowserRun start(Browser browser, Path program, Site site, String query, List<String> scenarios)
            throws IOException {
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Path directory = Files.createTempDirectory("wt-browser");
        Path profile = Files.createDirectory(directory.resolve("profile"));
        String page = "http://localhost:" + http.getAddress().getPort() + "/?" + query;
        ProcessBuilder builder = new ProcessBuilder(browser.command(program, profile, page))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log.txt").toFile());
        builder.environment().put("HOME", profile.toString());
        BrowserRun run = new BrowserRun(http, site, directory, scenarios, builder.start());
        http.createContext("/", run::answer);
        http.start();
        run.process.onExit().thenAccept(ended -> run.fail("the browser ended with status " + ended.exitValue()));
        return run;
    }

    /** Waits for the result of a scenario; the scenarios before it were waited for already. */
    ScenarioResult await(String scenario) throws InterruptedException, IOException {
        try {
            // A cold start of the browser counts with its first scenario.
            return results.get(scenario).get(2 * SCENARIO_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new AssertionError("no result of " + scenario + "; the browser's log:\n" + log(), failure);
        }
    }

    /** Ends the browser with all its processes, and leaves nothing of it on the disk. */
    void end() throws IOException, InterruptedException {
        List<ProcessHandle> tree = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        tree.forEach(ProcessHandle::destroy);
        for (ProcessHandle each : tree) {
            try {
                each.onExit().get(EXIT_LIMIT.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException stubborn) {
                each.destroyForcibly();
            }
        }
        process.waitFor();
        http.stop(0);
        delete(directory);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (exchange.getRequestMethod().equals("POST")) {
                String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                take(path, body);
                exchange.sendResponseHeaders(204, -1);
            } else if (site.has(path)) {
                byte[] content = site.content(path);
                exchange.getResponseHeaders().set("content-type", site.type(path));
                exchange.sendResponseHeaders(200, content.length);
                exchange.getResponseBody().write(content);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void take(String path, String body) {
        CompletableFuture<ScenarioResult> result = results.get(path.replaceFirst("^/result/", ""));
        if (result == null) {
            fail("the page reported to " + path + ": " + body);
        } else {
            result.complete(ScenarioResult.parse(body));
        }
    }

    private void fail(String why) {
        results.values().forEach(result -> result.completeExceptionally(new IllegalStateException(why)));
    }

    private String log() throws IOException {
        return Files.readString(directory.resolve("log.txt"), StandardCharsets.ISO_8859_1);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
