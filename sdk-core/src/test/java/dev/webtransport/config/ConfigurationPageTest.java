package dev.webtransport.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.webtransport.SourceTree;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every option of the builders has a key, and every key a row in docs/configuration.md. */
class ConfigurationPageTest {
    /** Options whose value is a file's content, or a family of keys. */
    private static final Map<String, Set<String>> SPELLED_OTHERWISE = Map.of(
            "client:tls.trust", Set.of("tls.trust-certificates", "tls.server-certificate-hashes"),
            "client:tls.identity", Set.of("tls.certificate", "tls.private-key"),
            "client:headers", Set.of(),
            "server:tls.identity", Set.of("tls.certificate", "tls.private-key"),
            "server:tls.client-trust", Set.of("tls.client-trust-certificates"));

    @Test
    void every_option_of_the_builders_has_a_key_and_every_key_is_an_option() {
        assertEquals(options("client", ClientConfig.Builder.class), keys(ClientParts.TABLE));
        assertEquals(options("server", ServerConfig.Builder.class), keys(ServerParts.TABLE));
    }

    @Test
    void a_key_sets_the_option_that_it_names() throws Exception {
        assertMoves(ClientParts.TABLE, ClientConfig.defaults(), (ClientParts parts) -> parts.build(), ClientParts::new);
        ServerTlsConfig tls = SomeIdentity.server();
        assertMoves(
                ServerParts.TABLE,
                ServerConfig.builder(tls).build(),
                (ServerParts parts) -> parts.build(),
                () -> new ServerParts(tls.toBuilder()));
    }

    private interface Build<P, C> {
        C build(P parts) throws IOException;
    }

    /** Sets each option to another value than its default: that one changes, and no other. */
    private static <P, C> void assertMoves(
            List<Setting<P, C>> table, C defaults, Build<P, C> build, Supplier<P> begin) {
        for (Setting<P, C> setting : table) {
            String before = setting.get(defaults);
            if (before == null) {
                continue;
            }
            String other = another(setting, before, begin);
            P parts = begin.get();
            setting.set(parts, other);
            C changed;
            try {
                changed = build.build(parts);
            } catch (IOException unexpected) {
                throw new AssertionError(setting.key(), unexpected);
            }
            for (Setting<P, C> each : table) {
                String expected = each == setting ? other : each.get(defaults);
                assertEquals(expected, each.get(changed), each.key() + " after " + setting.key() + "=" + other);
            }
        }
    }

    /** A value that the option takes and that is not its default. */
    private static <P, C> String another(Setting<P, C> setting, String before, Supplier<P> begin) {
        for (String value : List.of(
                "1234ms",
                "1234",
                "12345",
                "retry",
                "reno",
                "required",
                "draft-02",
                "0x1234=1",
                "ab".repeat(32),
                "any",
                "127.0.0.1:1",
                "elsewhere",
                "true",
                "false",
                "enabled",
                "disabled",
                "never",
                "automatic",
                "manual",
                "port",
                "46",
                "kwik")) {
            try {
                setting.set(begin.get(), value);
                if (!value.equals(before)) {
                    return value;
                }
            } catch (IllegalArgumentException notOfThisKind) {
                continue;
            }
        }
        throw new AssertionError("no value to try for " + setting.key() + ", which expects " + setting.expectation()
                + "; add one to this test");
    }

    @Test
    void the_page_is_what_the_tables_say() throws Exception {
        Path page = SourceTree.root().resolve("docs").resolve("configuration.md");
        String text = Files.readString(page);
        String written = between(
                between(text, "client", table(ClientParts.TABLE, ClientConfig.defaults())),
                "server",
                table(
                        ServerParts.TABLE,
                        ServerConfig.builder(SomeIdentity.server()).build()));
        if (System.getProperty("updateConfiguration") != null) {
            Files.writeString(page, written);
        }
        assertEquals(written, Files.readString(page), page + " is stale: run this test with -DupdateConfiguration");
    }

    private static String between(String page, String name, String table) {
        String begin = "<!-- " + name + " -->\n";
        String[] parts = page.split(begin, -1);
        assertEquals(3, parts.length, "docs/configuration.md holds a table between two lines " + begin);
        return parts[0] + begin + table + begin + parts[2];
    }

    private static <C> String table(List<? extends Setting<?, C>> table, C defaults) {
        StringBuilder text =
                new StringBuilder("\n| Key | Default | Written as | Meaning |\n| --- | --- | --- | --- |\n");
        for (Setting<?, C> setting : table) {
            text.append("| `" + setting.key() + "` | "
                    + Optional.ofNullable(setting.get(defaults))
                            .filter(value -> !value.isEmpty())
                            .map(value -> "`" + value + "`")
                            .orElse("")
                    + " | " + setting.expectation() + " | " + setting.meaning() + " |\n");
        }
        return text + "\n";
    }

    private static Set<String> keys(List<? extends Setting<?, ?>> table) {
        List<String> keys = table.stream().map(Setting::key).collect(Collectors.toList());
        Set<String> all = new TreeSet<>(keys);
        assertEquals(all.size(), keys.size(), "a key is there twice: " + keys);
        return all;
    }

    /** The setters of a builder, and of the builders within it, as keys. */
    private static Set<String> options(String end, Class<?> builder) {
        Set<String> options = new TreeSet<>();
        for (String option : options(builder, "")) {
            options.addAll(SPELLED_OTHERWISE.getOrDefault(end + ":" + option, Set.of(option)));
        }
        return options;
    }

    private static List<String> options(Class<?> builder, String prefix) {
        List<String> options = new ArrayList<>();
        for (Method setter : builder.getDeclaredMethods()) {
            if (!Modifier.isPublic(setter.getModifiers())
                    || setter.isSynthetic()
                    || setter.getParameterCount() != 1
                    || setter.getReturnType() != builder) {
                continue;
            }
            String key = prefix + kebab(setter.getName());
            Optional<Class<?>> inner = setter.getGenericParameterTypes()[0] instanceof ParameterizedType
                    ? Optional.empty()
                    : innerBuilder(setter.getParameterTypes()[0]);
            if (inner.isPresent()) {
                options.addAll(options(inner.get(), key + "."));
            } else {
                options.add(key);
            }
        }
        return options;
    }

    private static Optional<Class<?>> innerBuilder(Class<?> type) {
        return type.getPackage() == ClientConfig.class.getPackage()
                ? Arrays.stream(type.getDeclaredClasses())
                        .filter(nested -> nested.getSimpleName().equals("Builder"))
                        .findFirst()
                : Optional.empty();
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
