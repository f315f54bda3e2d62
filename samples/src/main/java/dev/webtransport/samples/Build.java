package dev.webtransport.samples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What this was built from. */
public final class Build {
    private static final String FILE = "/dev/webtransport/samples/build.properties";
    private static final Properties PROPERTIES = load();

    private Build() {}

    /** The version of the SDK. @return as Maven names it */
    public static String version() {
        return property("version");
    }

    /**
     * Something that the build wrote down.
     *
     * @param name {@code version}, or a library
     * @return its version
     */
    public static String property(String name) {
        return PROPERTIES.getProperty(name, "unknown");
    }

    private static Properties load() {
        Properties properties = new Properties();
        try (InputStream file = Build.class.getResourceAsStream(FILE)) {
            if (file == null) {
                throw new IOException(FILE + " is missing from this jar");
            }
            properties.load(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return properties;
    }
}
