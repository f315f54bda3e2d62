package dev.webtransport.config;

import dev.webtransport.value.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Settings from a map of texts, or from properties: {@code quic.idle-timeout=45s}.
 *
 * <p>A key is the name of the builder's method in lower case with hyphens, after the names of the settings that it is part of:
 * {@code quic.datagrams.incoming-queue-length} is {@code QuicConfig.datagrams(DatagramConfig.incomingQueueLength)}. This is the
 * only spelling. Durations are {@code 250ms}, {@code 30s}, {@code 5m}, {@code 1h}, or ISO 8601 ({@code PT30S}); sizes are bytes
 * ({@code 65536}) or {@code 64KiB}, {@code 16MiB}, {@code 1GiB}; constants are in lower case with hyphens. A key that is
 * not there keeps its default; one that is not known is refused. {@code docs/configuration.md} lists all of them.
 *
 * <p>TLS is named by PEM files: {@code tls.certificate}, {@code tls.private-key}, {@code tls.trust-certificates}, or by hashes:
 * {@code tls.server-certificate-hashes}. A server that has other certificates for some names says {@code tls.certificate.NAME} and
 * {@code tls.private-key.NAME}. Fields of a client's requests are {@code headers.NAME}.
 *
 * <p>No Android or JVM property, environment variable or file is read but those that are named here.
 */
public final class ConfigMap {
    private static final String HEADERS = "headers.";
    private static final String CERTIFICATE = "tls.certificate";
    private static final String PRIVATE_KEY = "tls.private-key";

    private ConfigMap() {}

    /**
     * The settings of a client.
     *
     * @param settings values by key
     * @return the settings; every default for what is not there
     * @throws IllegalArgumentException if a key is not known, or a value malformed or out of bounds; the message names it, and
     *     what is expected
     * @throws IOException if a file that is named cannot be read, or holds something else; the message names key and file
     */
    public static ClientConfig client(Map<String, String> settings) throws IOException {
        ClientParts parts = new ClientParts();
        for (Map.Entry<String, String> entry : new TreeMap<>(settings).entrySet()) {
            String key = entry.getKey();
            if (key.startsWith(HEADERS) && key.length() > HEADERS.length()) {
                addHeader(parts.headers, key, entry.getValue());
            } else {
                set(ClientParts.TABLE, parts, key, entry.getValue());
            }
        }
        return parts.build();
    }

    /**
     * The settings of a client, as {@link #client(Map)} reads them.
     *
     * @param settings values by key
     * @return the settings
     * @throws IOException as there
     */
    public static ClientConfig client(Properties settings) throws IOException {
        return client(texts(settings));
    }

    /**
     * The settings of a server. {@code tls.certificate} and {@code tls.private-key} must be there.
     *
     * @param settings values by key
     * @return the settings; every default for what is not there
     * @throws IllegalArgumentException if a key is not known or missing, or a value malformed or out of bounds; the message
     *     names it, and what is expected
     * @throws IOException if a file that is named cannot be read, or holds something else; the message names key and file
     */
    public static ServerConfig server(Map<String, String> settings) throws IOException {
        ServerTlsConfig.Builder tls = ServerTlsConfig.builder(identity(settings, "", "a server needs both"));
        ServerParts parts = new ServerParts(tls);
        for (Map.Entry<String, String> entry : new TreeMap<>(settings).entrySet()) {
            String key = entry.getKey();
            if (key.startsWith(CERTIFICATE + ".")) {
                addIdentity(tls, settings, key.substring(CERTIFICATE.length()));
            } else if (key.startsWith(PRIVATE_KEY + ".")) {
                // It is read with its certificate, and refused without one.
                String suffix = key.substring(PRIVATE_KEY.length());
                if (!settings.containsKey(CERTIFICATE + suffix)) {
                    addIdentity(tls, settings, suffix);
                }
            } else {
                set(ServerParts.TABLE, parts, key, entry.getValue());
            }
        }
        return parts.build();
    }

    /**
     * The settings of a server, as {@link #server(Map)} reads them.
     *
     * @param settings values by key
     * @return the settings
     * @throws IOException as there
     */
    public static ServerConfig server(Properties settings) throws IOException {
        return server(texts(settings));
    }

    /**
     * Settings as texts by key, as {@link #client(Map)} reads them: for logs. Certificates, keys, authorities and header
     * fields are left out: they are secret, or were read from files that nobody remembers.
     *
     * @param config the settings
     * @return an immutable map, in the order of the documentation
     */
    public static Map<String, String> describe(ClientConfig config) {
        return texts(ClientParts.TABLE, config);
    }

    /**
     * Settings as texts by key, as {@link #server(Map)} reads them: for logs. Certificates, keys and authorities are left
     * out: they are secret, or were read from files that nobody remembers.
     *
     * @param config the settings
     * @return an immutable map, in the order of the documentation
     */
    public static Map<String, String> describe(ServerConfig config) {
        return texts(ServerParts.TABLE, config);
    }

    private static <C> Map<String, String> texts(List<? extends Setting<?, C>> table, C config) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Setting<?, C> setting : table) {
            String text = setting.get(config);
            if (text != null) {
                texts.put(setting.key(), text);
            }
        }
        return Collections.unmodifiableMap(texts);
    }

    private static Map<String, String> texts(Properties settings) {
        Map<String, String> texts = new TreeMap<>();
        for (String key : settings.stringPropertyNames()) {
            texts.put(key, settings.getProperty(key));
        }
        return texts;
    }

    private static <P> void set(List<? extends Setting<P, ?>> table, P parts, String key, String value) {
        for (Setting<P, ?> setting : table) {
            if (setting.key().equals(key)) {
                setting.set(parts, value.trim());
                return;
            }
        }
        throw new IllegalArgumentException("unknown key \"" + key + "\"; the nearest known one is \""
                + NearestKey.among(table.stream().map(Setting::key).iterator(), key) + "\"");
    }

    private static void addHeader(Headers.Builder headers, String key, String value) {
        try {
            headers.add(key.substring(HEADERS.length()), value);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(key + "=\"" + value + "\": " + refused.getMessage(), refused);
        }
    }

    private static void addIdentity(ServerTlsConfig.Builder tls, Map<String, String> settings, String suffix)
            throws IOException {
        TlsIdentity identity = identity(settings, suffix, "each name needs both");
        try {
            tls.identity(suffix.substring(1), identity);
        } catch (IllegalArgumentException refused) {
            throw new IllegalArgumentException(CERTIFICATE + suffix + ": " + refused.getMessage(), refused);
        }
    }

    private static TlsIdentity identity(Map<String, String> settings, String suffix, String why) throws IOException {
        return identity(settings.get(CERTIFICATE + suffix), settings.get(PRIVATE_KEY + suffix), suffix, why);
    }

    /** Certificate and key of two files, which the keys with this end name. */
    static TlsIdentity identity(@Nullable String certificate, @Nullable String privateKey, String suffix, String why)
            throws IOException {
        if (certificate == null || privateKey == null) {
            throw new IllegalArgumentException((certificate == null ? CERTIFICATE : PRIVATE_KEY) + suffix
                    + " is missing; " + why + ": the PEM files of its certificate chain and its private key");
        }
        try {
            return TlsIdentity.fromPem(path(CERTIFICATE + suffix, certificate), path(PRIVATE_KEY + suffix, privateKey));
        } catch (IOException unreadable) {
            throw new IOException(CERTIFICATE + suffix + ", " + PRIVATE_KEY + suffix + ": " + unreadable, unreadable);
        }
    }

    private static Path path(String key, String text) {
        try {
            return SettingType.PATH.parse(text.trim());
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException(key + "=\"" + text + "\": " + malformed.getMessage(), malformed);
        }
    }

    /** The authorities in a file. */
    static Trust authorities(String key, Path file) throws IOException {
        try {
            String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            List<X509Certificate> certificates = Pem.certificates(text, file.toString());
            return Trust.authorities(certificates);
        } catch (IOException unreadable) {
            throw new IOException(key + ": " + unreadable, unreadable);
        }
    }
}
