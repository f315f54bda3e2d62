package dev.webtransport.testkit.engine;

import dev.webtransport.testkit.network.NetworkConditions;
import java.time.Duration;

/** The networks that walks go through. */
enum Weather {
    CLEAR(NetworkConditions.builder()),
    FAR(NetworkConditions.builder().latency(Duration.ofMillis(40))),
    UNSTEADY(NetworkConditions.builder().latency(Duration.ofMillis(5)).jitter(Duration.ofMillis(60))),
    LOSSY(NetworkConditions.builder().datagramLoss(0.5)),
    DOUBLING(NetworkConditions.builder().datagramDuplication(0.7)),
    MIXING(NetworkConditions.builder().latency(Duration.ofMillis(3)).datagramReordering(0.5)),
    NARROW(NetworkConditions.builder().bandwidth(20_000).latency(Duration.ofMillis(10))),
    STORM(NetworkConditions.builder()
            .latency(Duration.ofMillis(20))
            .jitter(Duration.ofMillis(200))
            .bandwidth(50_000)
            .datagramLoss(0.3)
            .datagramDuplication(0.3)
            .datagramReordering(0.3));

    private final NetworkConditions conditions;

    Weather(NetworkConditions.Builder conditions) {
        this.conditions = conditions.build();
    }

    NetworkConditions conditions() {
        return conditions;
    }

    boolean duplicates() {
        return conditions.datagramDuplication() > 0;
    }
}
