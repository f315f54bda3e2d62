package dev.webtransport.netty;

import io.netty.handler.codec.quic.BoringSSLKeylog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends TLS secrets to a file in the format that Wireshark reads (SSLKEYLOGFILE), one whole line at a time. */
final class KeyLogFile implements BoringSSLKeylog {
    private static final Logger LOG = LoggerFactory.getLogger(KeyLogFile.class);
    /** Several connections may name the same file. */
    private static final Object LOCK = new Object();

    private final Path file;

    /**
     * A key log.
     *
     * @param file appended to, and made if it is not there
     */
    KeyLogFile(Path file) {
        this.file = file;
    }

    @Override
    public void logKey(SSLEngine engine, String key) {
        String line = key.endsWith("\n") ? key : key + "\n";
        synchronized (LOCK) {
            try {
                Files.write(
                        file,
                        line.getBytes(StandardCharsets.US_ASCII),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException failed) {
                // A handshake is worth more than its log.
                LOG.warn("TLS secrets cannot be written to {}: {}", file, failed.toString());
            }
        }
    }
}
