package dev.webtransport.samples.bench;

import dev.webtransport.samples.Build;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What figures depend on: the machine, the versions, the settings. */
final class Environment {
    private Environment() {}

    static Map<String, String> describe() {
        Map<String, String> description = new LinkedHashMap<>();
        description.put("wt", Build.version());
        description.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        description.put("os", property("os.name") + " " + property("os.version") + " " + property("os.arch"));
        description.put("processor", firstValue(Path.of("/proc/cpuinfo"), "model name"));
        description.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        description.put("memory", firstValue(Path.of("/proc/meminfo"), "MemTotal"));
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        description.put("load before", String.format(Locale.ROOT, "%.2f", load));
        description.put("netty", Build.property("netty"));
        description.put("kwik", Build.property("kwik"));
        return description;
    }

    static Map<String, String> describe(BenchSettings settings) {
        Map<String, String> description = new LinkedHashMap<>();
        description.put("engine", settings.engine().label());
        description.put("coroutines", settings.coroutines().name().toLowerCase(Locale.ROOT));
        description.put("warm-up", settings.warmUp().toSeconds() + " s");
        description.put("runs", Integer.toString(settings.runs()));
        description.put("java options", String.join(" ", settings.javaOptions()));
        Sizes sizes = settings.sizes();
        description.put("bulk", sizes.bulkMebibytes() + " MiB");
        description.put("requests", Integer.toString(sizes.requests()));
        description.put("datagram round trips", Integer.toString(sizes.roundTrips()));
        description.put("datagrams", Integer.toString(sizes.datagrams()));
        description.put("connects", Integer.toString(sizes.connects()));
        description.put("streams at once", Integer.toString(sizes.streams()));
        description.put("idle sessions", Integer.toString(sizes.sessions()));
        description.put("short streams", Integer.toString(sizes.shortStreams()));
        return description;
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }

    /** Linux tells about the machine in lines of names and values. */
    private static String firstValue(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException absent) {
            return "unknown";
        }
    }
}
