package dev.webtransport.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Engine;
import dev.webtransport.transport.QuicTransports;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandLineTest {
    @ParameterizedTest
    @ValueSource(strings = {"demo", "serve", "connect", "cert", "bench", "soak", "interop-server"})
    void each_command_explains_itself(String command) {
        Terminal asked = Terminal.run(command, "--help");
        Terminal helped = Terminal.run("help", command);

        assertEquals(ExitStatus.OK, asked.status(), asked::toString);
        assertTrue(asked.out().startsWith("Usage: wt " + command), asked::toString);
        assertTrue(asked.out().contains("Exit status:"), asked::toString);
        assertEquals(asked.out(), helped.out());
    }

    @Test
    void help_lists_the_commands() {
        Terminal help = Terminal.run("--help");

        assertEquals(ExitStatus.OK, help.status());
        for (String command : new String[] {"demo", "serve", "connect", "cert", "bench", "soak", "interop-server"}) {
            assertTrue(help.out().contains("\n  " + command + " "), help::toString);
        }
    }

    @Test
    void the_version_is_that_of_the_build() {
        Terminal version = Terminal.run("--version");

        assertEquals(ExitStatus.OK, version.status());
        assertTrue(version.out().matches("(?s)wt [0-9]+\\.[0-9]+\\.[0-9]+.*\\R.*"), version::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "serve --prt 1                             | --prt",
                "serve --port many                         | --port",
                "serve --port 65536                        | --port must be 0 to 65535, not 65536",
                "serve --cert only-this.pem                | --cert and --key belong together",
                "demo --http-port -1                       | --http-port must be 0 to 65535",
                "interop-server                            | --port",
                "connect                                   | URL",
                "connect localhost:4433                    | https",
                "connect http://localhost:4433             | its scheme is http",
                "connect https://localhost/#there          | fragment",
                "connect https:///path                     | Not a URL",
                "connect https://localhost:4433 --insecure | Unknown option: '--insecure'",
                "connect https://localhost:4433 --hash abc | 64 hexadecimal digits",
                "connect https://localhost:4433 -H nothing | not of the form",
                "connect https://localhost:4433 --timeout 0 | connectTimeout",
                "cert --days 15                            | browsers accept",
                "cert --days 0                             | at least 1 day",
                "cert --host not/a/name                    | neither a host name nor an IP address",
                "bench --only W9                           | W9",
                "bench --runs 0                            | --runs 0 is outside 1..1000",
                "bench --mib 0                             | --mib 0 is outside",
                "bench --short-streams 5                   | --short-streams 5 is outside",
                "bench --timeout 0                         | --timeout must be at least 1",
                "bench --engine rocket                     | expected one of auto, kwik, netty, not 'rocket'",
                "bench https://localhost:1                 | a URL needs --hash",
                "bench --hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef | --hash belongs to a URL",
                "bench --raw https://localhost:1 --hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef | --raw starts servers of its own",
                "bench https://localhost:1/path --hash 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef | without a path",
                "bench --tolerance 5                       | --tolerance belongs to --compare",
                "bench --compare one.json                  | --compare",
                "bench --raw --show one.json               | --show measures nothing",
                "soak --minutes 0                          | must be at least 1, not 0",
                "soak --only SLEEP                         | SLEEP",
                "demo --once --engine quiche               | expected one of auto, kwik, netty, not 'quiche'",
                "sevre                                     | Did you mean",
                "''                                        | Name a command",
            })
    void what_makes_no_sense_is_explained_with_status_2(String arguments, String explanation) {
        Terminal run = Terminal.run(
                arguments.isEmpty() ? new String[0] : arguments.trim().split(" +"));

        assertEquals(ExitStatus.USAGE, run.status(), run::toString);
        assertTrue(run.err().contains(explanation), run::toString);
        assertTrue(run.err().startsWith("wt: "), run::toString);
        assertEquals("", run.out());
    }

    @Test
    void a_file_that_is_not_there_is_named() {
        Terminal run = Terminal.run("serve", "--port", "0", "--cert", "no-such.pem", "--key", "no-such-key.pem");

        assertEquals(ExitStatus.FAILED, run.status(), run::toString);
        assertTrue(run.err().contains("no-such.pem"), run::toString);
    }

    @ParameterizedTest
    @MethodSource("serversOnEachEngine")
    void a_udp_port_that_is_taken_is_told_with_the_flag_that_chooses_another(String command, Engine engine)
            throws IOException {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
        try (DatagramSocket taken = new DatagramSocket(anyPort)) {
            String port = Integer.toString(taken.getLocalPort());
            List<String> arguments = new ArrayList<>(List.of(command, "--port", port, "--engine", engine.label()));
            if (command.equals("demo")) {
                arguments.add("--once");
            }
            Terminal run = Terminal.run(arguments.toArray(new String[0]));

            assertEquals(ExitStatus.FAILED, run.status(), run::toString);
            assertTrue(run.err().startsWith("wt: cannot listen on UDP port " + port), run::toString);
            assertTrue(run.err().contains("choose another with --port"), run::toString);
            assertEquals(1, run.err().lines().count(), run::toString);
        }
    }

    private static Stream<Arguments> serversOnEachEngine() {
        return Stream.of("serve", "interop-server", "demo")
                .flatMap(command -> QuicTransports.engines().stream().map(engine -> Arguments.of(command, engine)));
    }
}
