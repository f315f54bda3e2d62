package dev.webtransport.samples.cli;

import dev.webtransport.samples.Build;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code wt} command: WebTransport from the command line. */
@Command(
        name = "wt",
        description = "WebTransport over HTTP/3 from the command line.",
        mixinStandardHelpOptions = true,
        versionProvider = Wt.Version.class,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            ConnectCommand.class,
            CertCommand.class,
            BenchCommand.class,
            SoakCommand.class,
            InteropServerCommand.class,
            HelpCommand.class
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:success; also a server ended with Ctrl-C",
            "1:failure",
            "2:the command line was not understood",
            "3:no connection: unknown host, nobody listens, UDP blocked, no QUIC engine",
            "4:the certificate of the server is not trusted, or TLS failed",
            "5:the server refused the session (HTTP status)",
            "6:the server does not speak WebTransport",
            "7:the session was lost, not closed"
        })
public final class Wt implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log more to standard error; twice for everything.")
    private boolean[] verbosity = {};

    /** Made by the command line. */
    @SuppressWarnings("NullAway.Init")
    public Wt() {}

    /**
     * Runs the command line and ends the process with its {@link ExitStatus}.
     *
     * @param arguments what the shell was told
     */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /**
     * The command line, for who runs it inside another process. It prints to the streams of {@link System} of that moment.
     *
     * @return a command line whose {@code execute} answers an {@link ExitStatus}
     */
    public static CommandLine commandLine() {
        Wt wt = new Wt();
        CommandLine line = new CommandLine(wt);
        line.setOut(new PrintWriter(System.out, true));
        line.setErr(new PrintWriter(System.err, true));
        line.setParameterExceptionHandler(Wt::explain);
        line.setExecutionExceptionHandler(wt::report);
        line.setExecutionStrategy(wt::run);
        return line;
    }

    /** No command given: shows what there is. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Name a command: demo, serve, connect, cert, bench, soak or interop-server.");
    }

    private int run(ParseResult arguments) {
        // The logger reads this once, when the first one is made.
        if (verbosity.length > 0) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", verbosity.length > 1 ? "debug" : "info");
        }
        return new CommandLine.RunLast().execute(arguments);
    }

    private static int explain(ParameterException mistake, String[] arguments) {
        CommandLine line = mistake.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("wt: " + mistake.getMessage());
        UnmatchedArgumentException.printSuggestions(mistake, err);
        err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        return ExitStatus.USAGE;
    }

    private int report(Exception failure, CommandLine line, ParseResult arguments) {
        boolean foreseen = failure instanceof CommandFailure || failure instanceof IOException;
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        line.getErr().println("wt: " + (foreseen ? message : failure));
        if (verbosity.length > 0) {
            failure.printStackTrace(line.getErr());
        }
        return ExitStatus.of(failure);
    }

    /** The version this was built from. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "wt " + Build.version(),
                "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
            };
        }
    }
}
