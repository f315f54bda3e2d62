package dev.webtransport.samples.browser;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A browser that may be installed here, how to start it without a window, and what it is known to lack. */
enum Browser {
    CHROMIUM(
            "Chromium",
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
            Map.of("draining", "no draining attribute without experimental features")),
    FIREFOX(
            "Firefox",
            List.of("firefox-esr", "firefox"),
            Map.of(
                    "several-streams",
                            "of several streams that a server opens at once some do not show (seen with ESR 140)",
                    "early-streams",
                            "a stream of the server may not show if it comes before the page has its session (ESR 140)",
                    "code-of-a-reset", "a reset is a TypeError without its code",
                    "sending-a-stop", "cancelling a readable sends no STOP_SENDING",
                    "subprotocols", "no protocols before version 159",
                    "draining", "no draining attribute before version 159"));

    /** Nothing of a fresh profile may go out to the network: the tests are about one server on this machine. */
    private static final List<String> FIREFOX_PREFERENCES = List.of(
            "user_pref('app.update.enabled', false);",
            "user_pref('browser.aboutwelcome.enabled', false);",
            "user_pref('browser.shell.checkDefaultBrowser', false);",
            "user_pref('browser.startup.homepage_override.mstone', 'ignore');",
            "user_pref('datareporting.policy.dataSubmissionEnabled', false);",
            "user_pref('datareporting.policy.firstRunURL', '');",
            "user_pref('extensions.getAddons.cache.enabled', false);",
            "user_pref('network.captive-portal-service.enabled', false);",
            "user_pref('network.connectivity-service.enabled', false);",
            "user_pref('network.proxy.type', 0);",
            "user_pref('services.settings.server', 'http://localhost:1/');");

    private final String label;
    private final List<String> programs;
    private final Map<String, String> limits;

    Browser(String label, List<String> programs, Map<String, String> limits) {
        this.label = label;
        this.programs = programs;
        this.limits = limits;
    }

    String label() {
        return label;
    }

    /** Why a limit that a scenario met is one of this browser; empty when it is not. */
    Optional<String> reasonOf(String limit) {
        return Optional.ofNullable(limits.get(limit));
    }

    /** How to name another program than those on the PATH. */
    String property() {
        return "wt.browser." + name().toLowerCase(Locale.ROOT);
    }

    String variable() {
        return "WT_BROWSER_" + name();
    }

    /** The program: named by system property or environment variable, else the first on the PATH. */
    Optional<Path> program() {
        String named = System.getProperty(property(), System.getenv(variable()));
        if (named != null && !named.isEmpty()) {
            return Optional.of(Path.of(named)).filter(Files::isExecutable);
        }
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        for (String program : programs) {
            for (String directory : path.split(File.pathSeparator)) {
                Path candidate = Path.of(directory, program);
                if (Files.isExecutable(candidate)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    /** What is missing, when {@link #program} finds nothing. */
    String absence() {
        return label + " is not installed: none of " + programs + " is on the PATH; name it with " + variable()
                + " or -D" + property();
    }

    /** The command that opens a page with a new profile. */
    List<String> command(Path program, Path profile, String url) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        if (this == CHROMIUM) {
            command.addAll(List.of(
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--disable-default-apps",
                    "--disable-extensions",
                    "--disable-dev-shm-usage",
                    "--no-proxy-server",
                    "--user-data-dir=" + profile));
        } else {
            Files.write(profile.resolve("user.js"), FIREFOX_PREFERENCES);
            command.addAll(List.of("--headless", "--no-remote", "--profile", profile.toString()));
        }
        command.add(url);
        return command;
    }
}
