package dev.webtransport.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertCommandTest {
    @TempDir
    private Path directory;

    @Test
    void the_files_are_those_a_server_takes_and_the_hash_is_theirs() throws IOException {
        Terminal run = Terminal.run("cert", "--out", directory.toString());

        assertEquals(ExitStatus.OK, run.status(), run::toString);
        TlsIdentity identity = TlsIdentity.fromPem(directory.resolve("cert.pem"), directory.resolve("key.pem"));
        String hash = identity.hash().toHex();
        assertTrue(run.out().contains("SHA-256      " + hash), run::toString);
        assertTrue(run.out().contains("serverCertificateHashes"), run::toString);
        String firstBytes = "0x" + hash.substring(0, 2) + ", 0x" + hash.substring(2, 4);
        assertTrue(run.out().contains(firstBytes), run::toString);
    }

    @Test
    void only_the_owner_reads_the_key() throws IOException {
        Assumptions.assumeTrue(
                directory.getFileSystem().supportedFileAttributeViews().contains("posix"),
                "this file system has no POSIX permissions");
        Path key = directory.resolve("key.pem");
        Files.writeString(key, "an older key that everybody may read");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-rw-rw-"));

        Terminal run = Terminal.run("cert", "--force", "-o", directory.toString());

        assertEquals(ExitStatus.OK, run.status(), run::toString);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
    }

    @Test
    void files_are_overwritten_only_when_forced() throws IOException {
        Path certificate = directory.resolve("cert.pem");
        Terminal.run("cert", "-o", directory.toString());
        String first = Files.readString(certificate);

        Terminal again = Terminal.run("cert", "-o", directory.toString());

        assertEquals(ExitStatus.FAILED, again.status(), again::toString);
        assertTrue(again.err().contains("--force"), again::toString);
        assertEquals(first, Files.readString(certificate));

        assertEquals(
                ExitStatus.OK,
                Terminal.run("cert", "--force", "-o", directory.toString()).status());
        assertNotEquals(first, Files.readString(certificate));
    }
}
