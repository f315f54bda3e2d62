package dev.webtransport.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a setting is written as text. */
final class SettingType<T> {
    private static final String NONE = "none";
    private static final Pattern AMOUNT = Pattern.compile("([0-9]+)\\s*([A-Za-z]*)");
    private static final Map<String, Duration> TIME_UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));
    private static final Map<String, Long> SIZE_UNITS =
            Map.of("", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    /** A length of time. */
    static final SettingType<Duration> DURATION = new SettingType<>(
            "a duration: 250ms, 30s, 5m, 1h, or ISO 8601 such as PT30S", SettingType::duration, SettingType::text);

    /** A number of things. */
    static final SettingType<Integer> COUNT =
            new SettingType<>("a whole number", Integer::valueOf, number -> Integer.toString(number));

    /** A number of bytes that fits an int. */
    static final SettingType<Integer> SIZE = new SettingType<>(
            "a number of bytes: 65536, 64KiB, 16MiB", text -> Math.toIntExact(bytes(text)), bytes -> sizeText(bytes));

    /** A number of bytes. */
    static final SettingType<Long> LONG_SIZE =
            new SettingType<>("a number of bytes: 65536, 64KiB, 16MiB", SettingType::bytes, SettingType::sizeText);

    /** A file or directory. */
    static final SettingType<Path> PATH = new SettingType<>("a path", text -> Paths.get(text), Path::toString);

    /** Numbers by number, decimal or hexadecimal. */
    static final SettingType<Map<Long, Long>> NUMBERS = new SettingType<>(
            "numbers, decimal or hexadecimal: 0x1234=1, 0x5678=0", SettingType::numbers, SettingType::numbersText);

    private final String expectation;
    private final Function<String, T> parse;
    private final Function<T, String> print;

    private SettingType(String expectation, Function<String, T> parse, Function<T, String> print) {
        this.expectation = expectation;
        this.parse = parse;
        this.print = print;
    }

    /** Any type, with how a value is read, which may throw IllegalArgumentException, and written. */
    static <T> SettingType<T> of(String expectation, Function<String, T> parse, Function<T, String> print) {
        return new SettingType<>(expectation, parse, print);
    }

    /** One of the constants of an enumeration, in lower case, with hyphens. */
    static <E extends Enum<E>> SettingType<E> oneOf(Class<E> type) {
        Map<String, E> names = new TreeMap<>();
        for (E constant : type.getEnumConstants()) {
            names.put(name(constant), constant);
        }
        return new SettingType<>(
                "one of " + String.join(", ", names.keySet()),
                text -> known(names.get(text.toLowerCase(Locale.ROOT))),
                SettingType::name);
    }

    /** Several, separated by commas. */
    static <T> SettingType<List<T>> list(String expectation, Function<String, T> parse, Function<T, String> print) {
        return new SettingType<>(
                expectation + ", separated by commas",
                text -> items(text).stream().map(parse).collect(Collectors.toList()),
                values -> values.stream().map(print).collect(Collectors.joining(", ")));
    }

    /** The same, or nothing at all. */
    SettingType<@Nullable T> orNone() {
        return new SettingType<@Nullable T>(
                expectation + "; or " + NONE,
                text -> text.equals(NONE) ? null : parse.apply(text),
                value -> value == null ? NONE : print.apply(value));
    }

    /**
     * Reads a value.
     *
     * @throws IllegalArgumentException if it is none; the message is {@link #expectation()}, or says more
     */
    T parse(String text) {
        try {
            return parse.apply(text);
        } catch (NumberFormatException
                | ArithmeticException
                | DateTimeParseException
                | InvalidPathException malformed) {
            throw new IllegalArgumentException("expected " + expectation, malformed);
        }
    }

    String print(T value) {
        return print.apply(value);
    }

    String expectation() {
        return expectation;
    }

    /** The parts between commas, without those that are empty. */
    static List<String> items(String text) {
        List<String> items = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            if (!item.trim().isEmpty()) {
                items.add(item.trim());
            }
        }
        return items;
    }

    /** A value that was looked up, or the failure that {@link #parse} explains. */
    static <T> T known(@Nullable T found) {
        if (found == null) {
            throw new NumberFormatException("no such value");
        }
        return found;
    }

    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Duration duration(String text) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches()) {
            return Duration.parse(text);
        }
        return known(TIME_UNITS.get(amount.group(2))).multipliedBy(Long.parseLong(amount.group(1)));
    }

    private static String text(Duration duration) {
        boolean inMillis = duration.getNano() % 1_000_000 == 0;
        return !inMillis
                ? duration.toString()
                : duration.getNano() == 0 ? duration.getSeconds() + "s" : duration.toMillis() + "ms";
    }

    private static long bytes(String text) {
        Matcher amount = AMOUNT.matcher(text);
        if (!amount.matches()) {
            throw new NumberFormatException("no size");
        }
        return Math.multiplyExact(
                Long.parseLong(amount.group(1)),
                known(SIZE_UNITS.get(amount.group(2))).longValue());
    }

    private static String sizeText(long bytes) {
        for (String unit : List.of("GiB", "MiB", "KiB")) {
            long size = known(SIZE_UNITS.get(unit));
            if (bytes > 0 && bytes % size == 0) {
                return bytes / size + unit;
            }
        }
        return Long.toString(bytes);
    }

    private static Map<Long, Long> numbers(String text) {
        Map<Long, Long> numbers = new TreeMap<>();
        for (String item : items(text)) {
            int equals = item.indexOf('=');
            long identifier =
                    Long.decode(equals < 0 ? item : item.substring(0, equals).trim());
            long value =
                    Long.decode(equals < 0 ? "" : item.substring(equals + 1).trim());
            if (numbers.put(identifier, value) != null) {
                throw new IllegalArgumentException("0x" + Long.toHexString(identifier) + " is there twice");
            }
        }
        return numbers;
    }

    private static String numbersText(Map<Long, Long> numbers) {
        return new TreeSet<>(numbers.keySet())
                .stream()
                        .map(identifier -> "0x" + Long.toHexString(identifier) + "=" + numbers.get(identifier))
                        .collect(Collectors.joining(", "));
    }
}
