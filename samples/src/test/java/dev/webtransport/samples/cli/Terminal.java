package dev.webtransport.samples.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;

/** Runs {@code wt} in this process and keeps what it printed. */
final class Terminal {
    private final int status;
    private final String out;
    private final String err;

    private Terminal(int status, String out, String err) {
        this.status = status;
        this.out = out;
        this.err = err;
    }

    static Terminal run(String... arguments) {
        return runWithInput("", arguments);
    }

    static Terminal runWithInput(String input, String... arguments) {
        InputStream in = System.in;
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream complained = new ByteArrayOutputStream();
        try {
            System.setIn(new ByteArrayInputStream(input.getBytes(Charset.defaultCharset())));
            System.setOut(new PrintStream(printed, true));
            System.setErr(new PrintStream(complained, true));
            int status = Wt.commandLine().execute(arguments);
            return new Terminal(status, printed.toString(), complained.toString());
        } finally {
            System.setIn(in);
            System.setOut(out);
            System.setErr(err);
        }
    }

    int status() {
        return status;
    }

    String out() {
        return out;
    }

    String err() {
        return err;
    }

    /** Everything, for the message of a failed test. */
    @Override
    public String toString() {
        return "status " + status + "\n--- out\n" + out + "--- err\n" + err;
    }
}
