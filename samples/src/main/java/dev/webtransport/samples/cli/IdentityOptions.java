package dev.webtransport.samples.cli;

import dev.webtransport.config.TlsIdentity;
import dev.webtransport.testkit.certificate.SelfSignedCertificate;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which certificate a server shows. */
final class IdentityOptions {
    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description =
                    "Certificate chain in PEM, leaf first. Without it a self-signed certificate is made at each start.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "Private key of the certificate in PEM, not encrypted.")
    private @Nullable Path privateKey;

    /** The files named, or a new certificate for this machine. */
    TlsIdentity identity() {
        if (certificate == null && privateKey == null) {
            return SelfSignedCertificate.forLoopback().identity();
        }
        if (certificate == null || privateKey == null) {
            throw new CommandFailure(ExitStatus.USAGE, "--cert and --key belong together; give both or neither", null);
        }
        try {
            return TlsIdentity.fromPem(certificate, privateKey);
        } catch (java.nio.file.NoSuchFileException missing) {
            throw new CommandFailure(ExitStatus.FAILED, "no such file: " + missing.getFile(), missing);
        } catch (IOException unreadable) {
            throw new CommandFailure(
                    ExitStatus.FAILED, "cannot use the certificate: " + unreadable.getMessage(), unreadable);
        }
    }
}
