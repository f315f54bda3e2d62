package dev.webtransport.samples.bench;

import dev.webtransport.samples.json.Json;
import dev.webtransport.samples.json.JsonReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one {@code wt bench} found out.
 *
 * @param when it began, ISO 8601
 * @param environment the machine, and the versions
 * @param settings how it was measured
 * @param results the SDK's, and the engine's alone if that was measured too
 */
public record Report(String when, Map<String, String> environment, Map<String, String> settings, List<Result> results) {
    private static final double FORMAT = 1;

    /** Whether everything that was begun came to its end. */
    boolean isComplete() {
        return results.stream().allMatch(result -> result.failures().isEmpty());
    }

    /** The result of that kind, or null. */
    @Nullable
    Result result(Result.Kind kind) {
        return results.stream()
                .filter(result -> result.kind() == kind)
                .findFirst()
                .orElse(null);
    }

    String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("when", when);
        json.put("environment", environment);
        json.put("settings", settings);
        json.put("results", results.stream().map(Result::toJson).toList());
        return Json.of(json) + "\n";
    }

    /**
     * Reads what {@link #toJson} writes.
     *
     * @throws IllegalArgumentException if it is something else
     */
    static Report fromJson(String text) {
        JsonObject json = JsonObject.of(JsonReader.read(text));
        if (json.number("format") != FORMAT) {
            throw new IllegalArgumentException("it has format " + json.number("format") + ", not " + FORMAT);
        }
        return new Report(
                json.text("when"),
                json.object("environment").texts(),
                json.object("settings").texts(),
                json.objects("results").stream().map(Result::fromJson).toList());
    }
}
