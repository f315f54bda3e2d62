package dev.webtransport.samples.bench;

import dev.webtransport.config.Engine;
import dev.webtransport.samples.bench.BenchServer.Address;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be measured, and how.
 *
 * @param workloads which ones
 * @param sizes how much each does
 * @param warmUp for how long each is run before; at least once, unless it runs only once
 * @param runs how often each is measured
 * @param engine what the SDK runs on
 * @param elsewhere the server, or null to start one
 * @param coroutines where those of the SDK's application go on
 * @param subjects what is compared in this run
 * @param javaOptions of the processes that are measured
 * @param patience how long a process may be silent
 */
public record BenchSettings(
        Set<Workload> workloads,
        Sizes sizes,
        Duration warmUp,
        int runs,
        Engine engine,
        @Nullable Address elsewhere,
        Coroutines coroutines,
        Subjects subjects,
        List<String> javaOptions,
        Duration patience) {
    /** Where coroutines of the application go on. */
    public enum Coroutines {
        /** In the threads of {@code Dispatchers.Default}. */
        DEFAULT,
        /** Where they are resumed: in the threads of the engine. */
        UNCONFINED
    }

    /** What is measured in the same run. */
    public enum Subjects {
        /** The SDK. */
        SDK,
        /** The SDK and its engine alone, in turns. */
        SDK_AND_RAW
    }
}
