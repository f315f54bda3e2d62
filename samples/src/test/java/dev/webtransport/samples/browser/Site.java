package dev.webtransport.samples.browser;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a browser is shown: files by their path. */
final class Site {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml");

    private final Map<String, byte[]> files = new LinkedHashMap<>();

    /** Adds a file of the class path; that named index.html is the page itself. */
    Site withResource(String path, String resource) throws IOException {
        try (InputStream file = Site.class.getResourceAsStream(resource)) {
            if (file == null) {
                throw new IOException(resource + " is missing from the class path");
            }
            files.put(path, file.readAllBytes());
        }
        return this;
    }

    Site withText(String path, String text) {
        files.put(path, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    boolean has(String path) {
        return files.containsKey(file(path));
    }

    byte[] content(String path) {
        return files.get(file(path));
    }

    String type(String path) {
        String name = file(path);
        return TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    }

    String text(String path) {
        return new String(content(path), StandardCharsets.UTF_8);
    }

    private static String file(String path) {
        return path.equals("/") ? "/index.html" : path;
    }
}
