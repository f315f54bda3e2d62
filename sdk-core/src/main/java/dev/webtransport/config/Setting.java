package dev.webtransport.config;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One option: its key, how its value is written, and where it goes. A row of the table, and of the documentation. */
final class Setting<B, C> {
    private final String key;
    private final String meaning;
    private final String expectation;
    private final BiConsumer<B, String> set;
    private final Function<C, @Nullable String> get;

    private Setting(
            String key,
            String meaning,
            String expectation,
            BiConsumer<B, String> set,
            Function<C, @Nullable String> get) {
        this.key = key;
        this.meaning = meaning;
        this.expectation = expectation;
        this.set = set;
        this.get = get;
    }

    /** An option of a builder: the key is the name of its setter, in lower case with hyphens. */
    static <B, C, T extends @Nullable Object> Setting<B, C> of(
            String key, SettingType<T> type, BiConsumer<B, T> set, Function<C, T> get, String meaning) {
        return new Setting<>(
                key,
                meaning,
                type.expectation(),
                (builder, text) -> set.accept(builder, type.parse(text)),
                config -> type.print(get.apply(config)));
    }

    /** An option whose value cannot be written as text again: what a file held. */
    static <B, C, T extends @Nullable Object> Setting<B, C> hidden(
            String key, SettingType<T> type, BiConsumer<B, T> set, String meaning) {
        return new Setting<>(
                key,
                meaning,
                type.expectation(),
                (builder, text) -> set.accept(builder, type.parse(text)),
                config -> null);
    }

    /** The options of settings within settings: their keys have the name of the setter in front, unless that is empty. */
    static <B, C, B2, C2> List<Setting<B, C>> within(
            String name, List<Setting<B2, C2>> table, Function<B, B2> builder, Function<C, C2> config) {
        return table.stream()
                .map(inner -> new Setting<B, C>(
                        name.isEmpty() ? inner.key : name + "." + inner.key,
                        inner.meaning,
                        inner.expectation,
                        (outer, text) -> inner.set.accept(builder.apply(outer), text),
                        outer -> inner.get.apply(config.apply(outer))))
                .collect(Collectors.toList());
    }

    String key() {
        return key;
    }

    String meaning() {
        return meaning;
    }

    String expectation() {
        return expectation;
    }

    /**
     * Sets the option.
     *
     * @throws IllegalArgumentException if the text is no such value, or out of bounds; the message names the key, the value
     *     and what is expected
     */
    void set(B builder, String text) {
        try {
            set.accept(builder, text);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(key + "=\"" + text + "\": " + refused.getMessage(), refused);
        }
    }

    /** The value as text; null when there is none, or it cannot be written as text. */
    @Nullable
    String get(C config) {
        return get.apply(config);
    }
}
