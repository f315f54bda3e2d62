package dev.webtransport.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Engine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DemoCommandTest {
    @ParameterizedTest
    @MethodSource("dev.webtransport.transport.QuicTransports#engines")
    void every_step_passes_and_is_in_the_table(Engine engine) {
        Terminal run = Terminal.run("demo", "--once", "--engine", engine.label());

        assertEquals(ExitStatus.OK, run.status(), run::toString);
        String table = run.out().substring(run.out().indexOf("\nStep "));
        for (String step : new String[] {
            "connect",
            "bidirectional stream, client to server",
            "bidirectional stream, server to client",
            "unidirectional stream, client to server",
            "unidirectional stream, server to client",
            "datagrams, there and back",
            "bulk, there and back on one stream",
            "server resets a stream",
            "server asks to stop sending",
            "server closes the session"
        }) {
            assertTrue(table.contains("\n" + step + " "), run::toString);
        }
        assertTrue(table.contains("reset with code 51"), run::toString);
        assertTrue(table.contains("closed with code 4242 \"that was all\""), run::toString);
    }

    @Test
    void a_port_that_is_taken_is_told_with_the_flag_that_chooses_another() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Terminal run = Terminal.run("demo", "--http-port", Integer.toString(taken.getLocalPort()));

            assertEquals(ExitStatus.FAILED, run.status(), run::toString);
            assertTrue(run.err().contains("TCP port " + taken.getLocalPort()), run::toString);
            assertTrue(run.err().contains("--http-port"), run::toString);
        }
    }
}
