package dev.webtransport.samples.cli;

import dev.webtransport.testkit.certificate.SelfSignedCertificate;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code wt cert}: makes a certificate that browsers accept by its hash. */
@Command(
        name = "cert",
        description = {
            "Makes a self-signed certificate that browsers accept by its hash.",
            "",
            "Writes cert.pem and key.pem and prints the SHA-256 hash that a client needs. Such a certificate"
                    + " may be valid for at most 14 days; make a new one then.",
            ""
        })
final class CertCommand implements Callable<Integer> {
    private static final String CERTIFICATE_FILE = "cert.pem";
    private static final String PRIVATE_KEY_FILE = "key.pem";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long it is valid, 1 to 14 days; default ${DEFAULT-VALUE}.")
    private int days;

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "Host name or IP address it is for; repeatable. Default: localhost, 127.0.0.1 and ::1.")
    private List<String> hosts = SelfSignedCertificate.LOOPBACK_HOSTS;

    @Option(
            names = {"-o", "--out"},
            paramLabel = "DIRECTORY",
            defaultValue = ".",
            description = "Where to write the files; default: the current directory.")
    private Path directory;

    @Option(names = "--force", description = "Overwrite files that are already there.")
    private boolean force;

    @SuppressWarnings("NullAway.Init")
    CertCommand() {}

    @Override
    public Integer call() {
        SelfSignedCertificate made = make();
        Path certificate = directory.resolve(CERTIFICATE_FILE);
        Path privateKey = directory.resolve(PRIVATE_KEY_FILE);
        if (!force) {
            refuseToOverwrite(certificate);
            refuseToOverwrite(privateKey);
        }
        try {
            Files.createDirectories(directory);
            write(privateKey, made.privateKeyPem(), "rw-------");
            write(certificate, made.certificatePem(), "rw-r--r--");
        } catch (IOException unwritable) {
            throw new CommandFailure(
                    ExitStatus.FAILED, "cannot write to " + directory.toAbsolutePath() + ": " + unwritable, unwritable);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("certificate  " + certificate);
        out.println("private key  " + privateKey + "  (keep it to yourself)");
        out.println("hosts        " + String.join(", ", hosts));
        out.println("valid until  " + made.certificate().getNotAfter().toInstant());
        out.println("SHA-256      " + made.hash().toHex());
        out.println();
        out.println("wt serve --cert " + certificate + " --key " + privateKey);
        out.println(
                "wt connect https://" + authority() + " --hash " + made.hash().toHex());
        out.println();
        out.println("In a browser:");
        out.println();
        out.print(BrowserSnippet.connect("https://" + authority() + "/", made.hash()));
        out.flush();
        return ExitStatus.OK;
    }

    private String authority() {
        String host = hosts.contains("127.0.0.1") ? "127.0.0.1" : hosts.get(0);
        return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":4433";
    }

    private SelfSignedCertificate make() {
        try {
            return SelfSignedCertificate.create(hosts, Duration.ofDays(days));
        } catch (IllegalArgumentException mistake) {
            throw new ParameterException(spec.commandLine(), String.valueOf(mistake.getMessage()), mistake);
        }
    }

    private static void refuseToOverwrite(Path file) {
        if (Files.exists(file)) {
            throw new CommandFailure(
                    ExitStatus.FAILED, file + " is already there; --force overwrites it, --out writes elsewhere", null);
        }
    }

    /** Writes a file that never had other permissions than these: an old one is deleted first, not reused. */
    private static void write(Path file, String content, String permissions) throws IOException {
        Files.deleteIfExists(file);
        Set<StandardOpenOption> asNew = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        FileAttribute<?>[] attributes =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {posix(permissions)}
                        : new FileAttribute<?>[0];
        try (SeekableByteChannel channel = Files.newByteChannel(file, asNew, attributes)) {
            ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> posix(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }
}
