package dev.webtransport.samples.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An object of a file that {@code wt bench} once wrote. What is missing or of another kind is told by its name. */
final class JsonObject {
    private final Map<?, ?> members;

    private JsonObject(Map<?, ?> members) {
        this.members = members;
    }

    static JsonObject of(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new JsonObject(map);
        }
        throw new IllegalArgumentException("an object was expected, not " + value);
    }

    boolean has(String name) {
        return members.get(name) != null;
    }

    Set<String> names() {
        return texts(members).keySet();
    }

    /** All members as text. */
    Map<String, String> texts() {
        return texts(members);
    }

    String text(String name) {
        return get(name, String.class);
    }

    double number(String name) {
        return get(name, Double.class);
    }

    JsonObject object(String name) {
        return new JsonObject(get(name, Map.class));
    }

    List<JsonObject> objects(String name) {
        List<?> list = get(name, List.class);
        return list.stream().map(JsonObject::of).toList();
    }

    double[] numbers(String name) {
        List<?> list = get(name, List.class);
        return list.stream().mapToDouble(value -> (Double) value).toArray();
    }

    private <T> T get(String name, Class<T> type) {
        Object value = members.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("\"" + name + "\" is missing, or no " + type.getSimpleName());
        }
        return type.cast(value);
    }

    private static Map<String, String> texts(Map<?, ?> members) {
        Map<String, String> texts = new LinkedHashMap<>();
        members.forEach((name, value) -> texts.put(String.valueOf(name), String.valueOf(value)));
        return texts;
    }
}
