package dev.webtransport.samples.cli;

import dev.webtransport.config.ServerCertificateHash;
import dev.webtransport.config.Trust;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which servers a client trusts. There is no way to trust just any. */
final class TrustOptions {
    @Option(
            names = "--hash",
            paramLabel = "HEX",
            converter = Hash.class,
            description =
                    "Trust the certificate with this SHA-256 hash; repeatable. 'wt serve' and 'wt cert' print it.")
    private List<ServerCertificateHash> hashes = List.of();

    @Option(names = "--ca", paramLabel = "FILE", description = "Trust the authorities in this PEM file, and no others.")
    private @Nullable Path authorities;

    /** What was asked for; the system's authorities otherwise. */
    Trust trust() {
        if (!hashes.isEmpty() && authorities != null) {
            throw new CommandFailure(ExitStatus.USAGE, "--hash and --ca exclude each other; give one of them", null);
        }
        if (!hashes.isEmpty()) {
            return Trust.serverCertificateHashes(hashes);
        }
        return authorities == null ? Trust.system() : Trust.authorities(read(authorities));
    }

    private static List<X509Certificate> read(Path file) {
        List<X509Certificate> certificates = new ArrayList<>();
        try (InputStream content = Files.newInputStream(file)) {
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(content)) {
                if (each instanceof X509Certificate certificate) {
                    certificates.add(certificate);
                }
            }
        } catch (NoSuchFileException missing) {
            throw new CommandFailure(ExitStatus.FAILED, "no such file: " + file, missing);
        } catch (IOException | CertificateException unreadable) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "cannot read certificates from " + file + ": " + unreadable.getMessage(),
                    unreadable);
        }
        if (certificates.isEmpty()) {
            throw new CommandFailure(ExitStatus.FAILED, file + " holds no certificate", null);
        }
        return certificates;
    }

    /** Reads a hash as {@code wt cert} and OpenSSL print it. */
    static final class Hash implements ITypeConverter<ServerCertificateHash> {
        @Override
        public ServerCertificateHash convert(String hex) {
            try {
                return ServerCertificateHash.sha256(hex);
            } catch (IllegalArgumentException malformed) {
                throw new TypeConversionException(String.valueOf(malformed.getMessage()));
            }
        }
    }
}
