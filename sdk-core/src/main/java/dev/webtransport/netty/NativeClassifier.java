package dev.webtransport.netty;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The classifiers by which Netty publishes the native code of its QUIC, a platform each. */
final class NativeClassifier {
    private static final Set<String> PUBLISHED =
            Set.of("linux-x86_64", "linux-aarch_64", "osx-x86_64", "osx-aarch_64", "windows-x86_64");

    private static final Map<String, String> ARCHITECTURES =
            Map.of("amd64", "x86_64", "x86_64", "x86_64", "aarch64", "aarch_64", "arm64", "aarch_64");

    private NativeClassifier() {}

    /** That of the platform this runs on, or null if nothing is published for it. */
    static @Nullable String ofThisPlatform() {
        return of(property("os.name"), property("os.arch"), property("java.vm.vendor"));
    }

    /** What this runs on, for messages. */
    static String platform() {
        return isAndroid(property("java.vm.vendor")) ? "Android" : property("os.name") + " on " + property("os.arch");
    }

    static @Nullable String of(String osName, String osArch, String vmVendor) {
        if (isAndroid(vmVendor)) {
            return null;
        }
        String name = osName.toLowerCase(Locale.ROOT);
        String system = name.startsWith("linux")
                ? "linux"
                : name.startsWith("mac") ? "osx" : name.startsWith("windows") ? "windows" : name;
        String classifier = system + "-" + ARCHITECTURES.getOrDefault(osArch.toLowerCase(Locale.ROOT), osArch);
        return PUBLISHED.contains(classifier) ? classifier : null;
    }

    /** Android calls its operating system Linux, whose native code does not load there. */
    private static boolean isAndroid(String vmVendor) {
        return vmVendor.contains("Android");
    }

    private static String property(String name) {
        return System.getProperty(name, "");
    }
}
