package dev.webtransport.samples.cli;

import dev.webtransport.samples.bench.Sizes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How much each workload of {@code wt bench} does. */
final class BenchSizeOptions {
    @Option(names = "--quick", description = "Small sizes, to see that everything works.")
    private boolean quick;

    @Option(names = "--mib", paramLabel = "N", description = "Of W1 and W2, in MiB. Default 256, quick 8.")
    private @Nullable Integer mebibytes;

    @Option(names = "--requests", paramLabel = "N", description = "Of W3, of each kind. Default 10000, quick 500.")
    private @Nullable Integer requests;

    @Option(names = "--round-trips", paramLabel = "N", description = "Of datagrams, W4. Default 10000, quick 500.")
    private @Nullable Integer roundTrips;

    @Option(
            names = "--datagrams",
            paramLabel = "N",
            description = "Sent as fast as they go, W4. Default 100000, quick 2000.")
    private @Nullable Integer datagrams;

    @Option(names = "--connects", paramLabel = "N", description = "Of W5. Default 1000, quick 100.")
    private @Nullable Integer connects;

    @Option(names = "--streams", paramLabel = "N", description = "Of W6, 64 KiB each. Default 1000, quick 100.")
    private @Nullable Integer streams;

    @Option(names = "--sessions", paramLabel = "N", description = "Of W7. Default 1000, quick 50.")
    private @Nullable Integer sessions;

    @Option(names = "--short-streams", paramLabel = "N", description = "Of W8. Default 1000000, quick 10000.")
    private @Nullable Integer shortStreams;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description =
                    "How long each workload of several runs is run before they count, at least once. Default 10, quick 0.")
    private @Nullable Integer warmUpSeconds;

    private static final int USUAL_WARM_UP_SECONDS = 10;
    private static final int MOST_WARM_UP_SECONDS = 3600;
    private static final int MOST_MEBIBYTES = 1 << 20;
    private static final int MOST_DATAGRAMS = 1 << 26;
    private static final int MOST_AT_ONCE = 100_000;
    private static final int FEWEST_SHORT_STREAMS = 10;

    Sizes sizes(CommandSpec spec) {
        Sizes usual = quick ? Sizes.QUICK : Sizes.FULL;
        return new Sizes(
                size(spec, "--mib", mebibytes, usual.bulkMebibytes(), 1, MOST_MEBIBYTES),
                size(spec, "--requests", requests, usual.requests(), 1, Integer.MAX_VALUE),
                size(spec, "--round-trips", roundTrips, usual.roundTrips(), 1, MOST_DATAGRAMS),
                size(spec, "--datagrams", datagrams, usual.datagrams(), 1, MOST_DATAGRAMS),
                size(spec, "--connects", connects, usual.connects(), 1, Integer.MAX_VALUE),
                size(spec, "--streams", streams, usual.streams(), 1, MOST_AT_ONCE),
                size(spec, "--sessions", sessions, usual.sessions(), 1, MOST_AT_ONCE),
                size(
                        spec,
                        "--short-streams",
                        shortStreams,
                        usual.shortStreams(),
                        FEWEST_SHORT_STREAMS,
                        Integer.MAX_VALUE));
    }

    Duration warmUp(CommandSpec spec) {
        int usual = quick ? 0 : USUAL_WARM_UP_SECONDS;
        return Duration.ofSeconds(size(spec, "--warm-up", warmUpSeconds, usual, 0, MOST_WARM_UP_SECONDS));
    }

    private static int size(CommandSpec spec, String flag, @Nullable Integer asked, int usual, int least, int most) {
        if (asked == null) {
            return usual;
        }
        if (asked < least || asked > most) {
            throw new ParameterException(spec.commandLine(), flag + " " + asked + " is outside " + least + ".." + most);
        }
        return asked;
    }
}
