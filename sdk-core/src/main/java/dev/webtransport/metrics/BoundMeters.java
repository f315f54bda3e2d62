package dev.webtransport.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The meters that one client or server has in a registry.
 *
 * <p>A registry refers weakly to what its meters read. Here each meter's function holds the source itself, so that it lives as long as
 * the meter.
 */
final class BoundMeters {
    private final MeterRegistry registry;
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();

    BoundMeters(MeterRegistry registry, Iterable<? extends Tag> tags) {
        this.registry = registry;
        this.tags = Tags.of(tags);
    }

    void counter(String name, String description, @Nullable String unit, LongSupplier count) {
        add(() -> FunctionCounter.builder(name, count, ignored -> count.getAsLong())
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .register(registry));
    }

    void gauge(String name, String description, LongSupplier value) {
        add(() -> Gauge.builder(name, value::getAsLong)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(registry));
    }

    void time(String name, String description, LongSupplier nanos) {
        add(() -> TimeGauge.builder(name, nanos, TimeUnit.NANOSECONDS, LongSupplier::getAsLong)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(registry));
    }

    void timer(String name, String description, LongSupplier count, LongSupplier total, TimeUnit unit) {
        add(() -> FunctionTimer.builder(
                        name, count, ignored -> count.getAsLong(), ignored -> total.getAsLong(), unit)
                .description(description)
                .tags(tags)
                .register(registry));
    }

    void removeAll() {
        synchronized (meters) {
            meters.forEach(registry::remove);
            meters.clear();
        }
    }

    /** A registry answers with the meter that is there already, which reads somebody else, if name and tags are the same. */
    private void add(Supplier<? extends Meter> registration) {
        List<Meter> before = registry.getMeters();
        Meter meter = registration.get();
        if (before.stream().anyMatch(other -> other == meter)) {
            throw new IllegalStateException(
                    "the registry has the meter " + meter.getId() + " already; tell clients and servers apart by tags");
        }
        meters.add(meter);
    }
}
