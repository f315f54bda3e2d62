package dev.webtransport.samples.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was found out about one subject: the values of each metric, one per run. */
final class Result {
    private final Kind kind;
    private String engine;
    private final Map<Metric, List<Double>> values = new EnumMap<>(Metric.class);
    private final Map<Workload, String> omissions = new EnumMap<>(Workload.class);
    private final Map<Workload, String> failures = new EnumMap<>(Workload.class);
    private final Map<Workload, List<Moment>> moments = new EnumMap<>(Workload.class);

    /** What was measured. */
    enum Kind {
        /** The SDK on an engine. */
        SDK,
        /** The engine alone. */
        RAW
    }

    /** What both ends weighed at one moment of a workload; the server's weight is null if it ran elsewhere. */
    record Moment(String name, @Nullable Weight server, Weight client) {}

    /** Median, smallest and largest of the runs. */
    record Spread(double median, double min, double max) {}

    Result(Kind kind, String engine) {
        this.kind = kind;
        this.engine = engine;
    }

    Kind kind() {
        return kind;
    }

    String engine() {
        return engine;
    }

    /** The engine that was really used, where any was asked for. */
    void setEngine(String engine) {
        this.engine = engine;
    }

    void add(Metric metric, double value) {
        values.computeIfAbsent(metric, absent -> new ArrayList<>()).add(value);
    }

    void add(Workload workload, Moment moment) {
        moments.computeIfAbsent(workload, absent -> new ArrayList<>()).add(moment);
    }

    void omit(Workload workload, String reason) {
        omissions.put(workload, reason);
    }

    void fail(Workload workload, String reason) {
        failures.put(workload, reason);
    }

    Map<Workload, String> omissions() {
        return omissions;
    }

    Map<Workload, String> failures() {
        return failures;
    }

    List<Moment> moments(Workload workload) {
        return moments.getOrDefault(workload, List.of());
    }

    /** What became of a metric, or null if it was not measured. */
    @Nullable
    Spread spread(Metric metric) {
        List<Double> measured = values.get(metric);
        if (measured == null || measured.isEmpty()) {
            return null;
        }
        double[] sorted =
                measured.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    Map<String, @Nullable Object> toJson() {
        Map<String, @Nullable Object> metrics = new LinkedHashMap<>();
        values.forEach((metric, runs) -> {
            Spread spread = spread(metric);
            if (spread != null) {
                Map<String, @Nullable Object> json = new LinkedHashMap<>();
                json.put("workload", metric.workload().name());
                json.put("title", metric.title());
                json.put("unit", metric.unit());
                json.put("better", metric.direction() == Metric.Direction.HIGHER_IS_BETTER ? "higher" : "lower");
                json.put("median", spread.median());
                json.put("min", spread.min());
                json.put("max", spread.max());
                json.put("runs", runs);
                metrics.put(metric.id(), json);
            }
        });
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("kind", kind.name());
        json.put("engine", engine);
        json.put("metrics", metrics);
        json.put("memory", momentsToJson());
        json.put("omitted", byName(omissions));
        json.put("failed", byName(failures));
        return json;
    }

    private Map<String, @Nullable Object> momentsToJson() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        moments.forEach((workload, list) -> all.put(
                workload.name(),
                list.stream()
                        .map(moment -> {
                            Map<String, @Nullable Object> json = new LinkedHashMap<>();
                            json.put("at", moment.name());
                            json.put(
                                    "server",
                                    moment.server() == null
                                            ? null
                                            : moment.server().toJson());
                            json.put("client", moment.client().toJson());
                            return json;
                        })
                        .toList()));
        return all;
    }

    private static Map<String, String> byName(Map<Workload, String> texts) {
        Map<String, String> named = new LinkedHashMap<>();
        texts.forEach((workload, text) -> named.put(workload.name(), text));
        return named;
    }

    /** Reads what {@link #toJson} writes; metrics that this version does not know are left out. */
    static Result fromJson(JsonObject json) {
        Result result = new Result(Kind.valueOf(json.text("kind")), json.text("engine"));
        JsonObject metrics = json.object("metrics");
        for (String id : metrics.names()) {
            Metric metric = Metric.of(id);
            if (metric != null) {
                Arrays.stream(metrics.object(id).numbers("runs")).forEach(value -> result.add(metric, value));
            }
        }
        JsonObject memory = json.object("memory");
        for (String workload : memory.names()) {
            for (JsonObject moment : memory.objects(workload)) {
                Weight server = moment.has("server") ? Weight.fromJson(moment.object("server")) : null;
                result.add(
                        Workload.valueOf(workload),
                        new Moment(moment.text("at"), server, Weight.fromJson(moment.object("client"))));
            }
        }
        json.object("omitted").texts().forEach((name, text) -> result.omit(Workload.valueOf(name), text));
        json.object("failed").texts().forEach((name, text) -> result.fail(Workload.valueOf(name), text));
        return result;
    }
}
