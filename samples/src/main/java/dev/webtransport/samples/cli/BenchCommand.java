package dev.webtransport.samples.cli;

import dev.webtransport.config.Engine;
import dev.webtransport.config.ServerCertificateHash;
import dev.webtransport.samples.bench.BenchOutput;
import dev.webtransport.samples.bench.BenchServer.Address;
import dev.webtransport.samples.bench.BenchSettings;
import dev.webtransport.samples.bench.BenchSettings.Coroutines;
import dev.webtransport.samples.bench.BenchSettings.Subjects;
import dev.webtransport.samples.bench.EnginesKt;
import dev.webtransport.samples.bench.Progress;
import dev.webtransport.samples.bench.Workload;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wt bench}: how much, how many, how soon, at what price. */
@Command(
        name = "bench",
        description = {
            "Measures what sessions carry on this machine.",
            "",
            "Starts a server and a client, each as a process of its own, and has them work over UDP on this machine:",
            "  W1 upload                W5 connects, 50 at once",
            "  W2 download              W6 many streams at once",
            "  W3 request and response  W7 idle sessions, and their memory",
            "  W4 datagrams             W8 very many short streams on one session, and memory",
            "What arrives is counted and compared at its receiver. Each workload has fresh processes, runs that warm"
                    + " up and then several that count; W7 and W8 run once. Shown are medians, and from the smallest to"
                    + " the largest. Progress goes to standard error, if that is a terminal. Ctrl-C ends all"
                    + " processes.",
            "",
            "With a URL the server is somebody else's: one that has the paths /echo, /sink and /source of"
                    + " 'wt interop-server'. What those cannot do is left out and named.",
            "",
            "Status 1 if a workload failed, or a comparison is beyond --tolerance.",
            ""
        })
final class BenchCommand implements Callable<Integer> {
    private static final int MOST_RUNS = 1000;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "URL",
            arity = "0..1",
            description = "Measure against this server: https://HOST:PORT. It needs --hash.")
    private @Nullable String url;

    @Option(
            names = "--hash",
            paramLabel = "HEX",
            converter = TrustOptions.Hash.class,
            description = "SHA-256 hash of that server's certificate.")
    private @Nullable ServerCertificateHash hash;

    @Option(
            names = "--only",
            paramLabel = "W",
            split = ",",
            description = "Workloads to run, with commas between. Default: all.")
    private @Nullable Set<Workload> only;

    @Mixin
    private EngineOptions engineOptions = new EngineOptions();

    @Option(names = "--raw", description = "Measure the engine alone too, in turns with the SDK, and show the ratio.")
    private boolean raw;

    @Option(
            names = "--unconfined",
            description = "Let coroutines of the SDK's application go on in the engine's threads"
                    + " (Dispatchers.Unconfined), as the engine alone does. Else they go on in Dispatchers.Default.")
    private boolean unconfined;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            description = "Runs that count, 1 to " + MOST_RUNS + ". Default ${DEFAULT-VALUE}.")
    private int runs;

    @Mixin
    private BenchSizeOptions sizes = new BenchSizeOptions();

    @Option(
            names = "--java-option",
            paramLabel = "OPTION",
            defaultValue = "-Xmx1g",
            description = "For the processes that are measured; repeatable. Default ${DEFAULT-VALUE}.")
    private List<String> javaOptions;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long a process may be silent before a workload has failed. Default ${DEFAULT-VALUE}.")
    private int timeoutSeconds;

    @Option(names = "--progress", description = "Show progress even where standard error is no terminal.")
    private boolean showProgress;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write the figures of all runs, and what they depend on.")
    private @Nullable Path json;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Write tables: a new file, or what stands between the marks of one that wt bench wrote.")
    private @Nullable Path markdown;

    @Option(names = "--svg", paramLabel = "FILE", description = "Write a plot.")
    private @Nullable Path svg;

    @Option(
            names = "--show",
            paramLabel = "FILE",
            description = "Measure nothing; show what --json wrote, as table, Markdown or plot.")
    private @Nullable Path show;

    @Option(
            names = "--compare",
            paramLabel = "FILE",
            arity = "2",
            description = "Measure nothing; compare two files that --json wrote.")
    private @Nullable List<Path> compare;

    @Option(
            names = "--tolerance",
            paramLabel = "PERCENT",
            description = "With --compare: status 1 if a median of the second file is worse by more than that.")
    private @Nullable Double tolerance;

    @SuppressWarnings("NullAway.Init")
    BenchCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        BenchOutput output = new BenchOutput(spec.commandLine().getOut(), json, markdown, svg);
        if (tolerance != null && compare == null) {
            throw usage("--tolerance belongs to --compare");
        }
        if (compare != null) {
            requireNoMeasurement("--compare");
            return output.compare(compare.get(0), compare.get(1), tolerance) ? ExitStatus.OK : ExitStatus.FAILED;
        }
        if (show != null) {
            requireNoMeasurement("--show");
            output.show(show);
            return ExitStatus.OK;
        }
        BenchSettings settings = settings();
        output.requireWritable();
        try (Progress progress = new Progress(spec.commandLine().getErr(), progressStyle())) {
            return output.measure(settings, progress) ? ExitStatus.OK : ExitStatus.FAILED;
        }
    }

    private BenchSettings settings() {
        if (runs < 1 || runs > MOST_RUNS) {
            throw usage("--runs " + runs + " is outside 1.." + MOST_RUNS);
        }
        if (timeoutSeconds < 1) {
            throw usage("--timeout must be at least 1 second, not " + timeoutSeconds);
        }
        if (raw && url != null) {
            throw usage("--raw starts servers of its own; leave the URL away");
        }
        Engine engine = EnginesKt.resolved(engineOptions.engine());
        Set<Workload> workloads = only == null || only.isEmpty() ? EnumSet.allOf(Workload.class) : EnumSet.copyOf(only);
        return new BenchSettings(
                workloads,
                sizes.sizes(spec),
                sizes.warmUp(spec),
                runs,
                engine,
                elsewhere(engine),
                unconfined ? Coroutines.UNCONFINED : Coroutines.DEFAULT,
                raw ? Subjects.SDK_AND_RAW : Subjects.SDK,
                javaOptions,
                Duration.ofSeconds(timeoutSeconds));
    }

    private @Nullable Address elsewhere(Engine engine) {
        if (url == null) {
            if (hash != null) {
                throw usage("--hash belongs to a URL");
            }
            return null;
        }
        if (hash == null) {
            throw usage("a URL needs --hash: the certificate of a server that is measured is trusted by its hash");
        }
        return new Address(origin(url), hash.toHex(), engine.label());
    }

    private String origin(String text) {
        try {
            URI uri = URI.create(text);
            boolean bare = uri.getRawPath() == null
                    || uri.getRawPath().isEmpty()
                    || uri.getRawPath().equals("/");
            if ("https".equalsIgnoreCase(uri.getScheme())
                    && uri.getHost() != null
                    && bare
                    && uri.getRawQuery() == null) {
                return "https://" + uri.getRawAuthority();
            }
        } catch (IllegalArgumentException malformed) {
            throw usage("Not a URL to measure: " + text + ": " + malformed.getMessage());
        }
        throw usage("Not a URL to measure: " + text + "; write https://HOST:PORT, without a path");
    }

    private void requireNoMeasurement(String flag) {
        if (url != null || raw || only != null || (show != null && compare != null)) {
            throw usage(flag + " measures nothing: it goes with --json, --markdown and --svg only");
        }
    }

    private Progress.Style progressStyle() {
        if (System.console() != null) {
            return Progress.Style.CHANGING_LINE;
        }
        return showProgress ? Progress.Style.LINES : Progress.Style.NONE;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
