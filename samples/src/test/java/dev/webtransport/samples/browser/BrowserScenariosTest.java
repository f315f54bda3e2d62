package dev.webtransport.samples.browser;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.webtransport.config.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real browsers against the interop server in this process, on each QUIC engine; each scenario of {@code scenarios.js} is a test. A browser that
 * is not installed is skipped, and so is what a browser is known not to have, each with its reason.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.webtransport.transport.QuicTransports#engines")
final class BrowserScenariosTest {
    private static final List<String> SCENARIOS = List.of(
            "bidirectional-echo",
            "echo-without-end-of-stream",
            "unidirectional-echo",
            "datagram-echo",
            "many-streams",
            "upload-20-megabytes",
            "download-20-megabytes",
            "streams-of-the-server",
            "several-streams-of-the-server-at-once",
            "streams-before-the-session-is-ready",
            "server-closes-with-code-and-reason",
            "client-closes-with-code-and-reason",
            "server-closes-20-of-20",
            "client-closes-20-of-20",
            "server-resets-a-stream",
            "server-asks-to-stop",
            "client-resets-a-stream",
            "client-asks-to-stop",
            "subprotocol",
            "headers-and-settings",
            "draining",
            "rejection",
            "wrong-certificate-hash");

    private static LocalInteropServer server;
    private final Engine engine;

    BrowserScenariosTest(Engine engine) {
        this.engine = engine;
    }

    @BeforeParameterizedClassInvocation
    static void startServer(Engine engine) {
        server = LocalInteropServer.start(engine);
    }

    @AfterParameterizedClassInvocation
    static void stopServer() {
        server.close();
    }

    @TestFactory
    Stream<DynamicTest> chromium() throws IOException {
        return scenarios(Browser.CHROMIUM);
    }

    @TestFactory
    Stream<DynamicTest> firefox() throws IOException {
        return scenarios(Browser.FIREFOX);
    }

    private Stream<DynamicTest> scenarios(Browser browser) throws IOException {
        Optional<Path> program = browser.program();
        if (program.isEmpty()) {
            return Stream.of(dynamicTest(browser.label(), () -> Assumptions.abort(browser.absence())));
        }
        Site site = new Site()
                .withResource("/index.html", "/browser/page.html")
                .withResource("/runner.js", "/browser/runner.js")
                .withResource("/scenarios.js", "/browser/scenarios.js");
        String query = "url=" + URLEncoder.encode(server.url(), StandardCharsets.UTF_8) + "&hash=" + server.hash()
                + "&timeout=" + BrowserRun.SCENARIO_LIMIT.toMillis() + "&scenario="
                + String.join("&scenario=", SCENARIOS);
        BrowserRun run = BrowserRun.start(browser, program.get(), site, query, SCENARIOS);
        return SCENARIOS.stream()
                .map(name -> dynamicTest(
                        browser.label() + ": " + name.replace('-', ' '), () -> judge(browser, name, run.await(name))))
                .onClose(() -> end(run));
    }

    private void judge(Browser browser, String name, ScenarioResult result) {
        switch (result.verdict()) {
            case PASS ->
                System.out.println(browser.label() + ", " + engine.label() + ": " + name + ": " + result.seen());
            case LIMIT -> {
                String skipped = whyItMayBeSkipped(browser, result);
                System.out.println(browser.label() + ", " + engine.label() + ": " + name + ": " + skipped);
                Assumptions.abort(skipped);
            }
            case FAIL -> fail(result.seen());
        }
    }

    private static String whyItMayBeSkipped(Browser browser, ScenarioResult result) {
        if (result.limit().equals("server-is-not-told-the-code") && !server.tellsStopCodes()) {
            return "unsupported by the QUIC engine of the server: it does not tell the code of a STOP_SENDING";
        }
        return browser.reasonOf(result.limit())
                .map(reason -> "unsupported by this browser: " + reason)
                .orElseGet(() -> fail("met the limit \"" + result.limit() + "\", which " + browser.label()
                        + " is not known to have: " + result.seen()));
    }

    private static void end(BrowserRun run) {
        try {
            run.end();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
