package dev.webtransport.samples.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The page of {@code wt demo}, with every button pressed by a script, on each QUIC engine. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.webtransport.transport.QuicTransports#engines")
final class DemoPageInBrowserTest {
    private static final String RESOURCES = "/dev/webtransport/samples/demo/";
    private static final String SCENARIO = "demo-page";
    private static final Pattern OTHER_STOP_CODE = Pattern.compile("asked to stop: code (?!52 )");

    private final Engine engine;

    DemoPageInBrowserTest(Engine engine) {
        this.engine = engine;
    }

    @ParameterizedTest
    @EnumSource(Browser.class)
    void every_button_does_what_it_says(Browser browser) throws IOException, InterruptedException {
        Optional<Path> program = browser.program();
        Assumptions.assumeTrue(program.isPresent(), browser::absence);
        try (LocalDemoServer server = LocalDemoServer.start(engine)) {
            BrowserRun run = BrowserRun.start(browser, program.orElseThrow(), page(server), "", List.of(SCENARIO));
            try {
                ScenarioResult result = run.await(SCENARIO);
                System.out.println(browser.label() + ", " + engine.label() + ": demo page:\n" + result.seen());
                assertEquals(ScenarioResult.Verdict.PASS, result.verdict(), result::seen);
                for (String wanted : List.of(
                        "echo: \"hello from the browser\"",
                        "stream from the server: \"who is there?\"",
                        "the client said: the browser",
                        "came back on another stream: \"one way\"",
                        "from the server: \"hello from the server\"",
                        "16 MB there and back",
                        "the server reset the stream: ",
                        "the server asked to stop: code 52",
                        "datagram came back after ",
                        "session closed with code 4242 \"the browser asked for it\"",
                        "session closed with code 7 \"closed from the page\"")) {
                    assertTrue(result.seen().contains(wanted), () -> wanted + " is missing:\n" + result.seen());
                }
                assertFalse(OTHER_STOP_CODE.matcher(result.seen()).find(), result::seen);
            } finally {
                run.end();
            }
        }
    }

    private static Site page(LocalDemoServer server) throws IOException {
        Site site = new Site()
                .withResource("/index.html", RESOURCES + "index.html")
                .withResource("/style.css", RESOURCES + "style.css")
                .withResource("/demo.js", RESOURCES + "demo.js")
                .withResource("/icon.svg", RESOURCES + "icon.svg")
                .withResource("/press.js", "/browser/press.js")
                .withText("/session.json", server.sessionJson());
        String script = "<script type=\"module\" src=\"press.js\"></script></head>";
        return site.withText("/index.html", site.text("/index.html").replace("</head>", script));
    }
}
