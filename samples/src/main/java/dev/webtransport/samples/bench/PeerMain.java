package dev.webtransport.samples.bench;

import dev.webtransport.samples.bench.BenchServer.Address;
import dev.webtransport.samples.cli.CommandFailure;
import dev.webtransport.samples.cli.ExitStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * One end of a benchmark in a process of its own. It does what lines on standard input say and answers with lines on
 * standard output, see {@link PeerLine}; the end of the input ends the process, so it never outlives who started it.
 */
public final class PeerMain implements Recorder {
    private static final long PROGRESS_NANOS = 200_000_000;

    private final BufferedReader in;
    private final PrintStream out;
    private long lastProgress;

    private PeerMain(BufferedReader in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Runs until the input ends.
     *
     * @param arguments {@code server} or {@code client}, and the {@link Implementation}
     * @throws Exception if it cannot begin, or end
     */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = System.out;
        // Nobody else writes where lines are awaited.
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PeerMain peer = new PeerMain(in, new PrintStream(out, true, StandardCharsets.UTF_8));
        Implementation implementation = Implementation.parse(arguments[1]);
        try {
            if (arguments[0].equals("server")) {
                peer.serve(implementation);
            } else {
                peer.drive(implementation);
            }
        } catch (Exception failure) {
            peer.say(PeerLine.FAILED, ExitStatus.of(failure) + " " + describe(failure));
            if (!(failure instanceof CommandFailure || failure instanceof IOException)) {
                failure.printStackTrace();
            }
        }
        // Whatever threads an engine left behind.
        System.exit(0);
    }

    private void serve(Implementation implementation) throws Exception {
        try (BenchServer server = implementation.listen()) {
            Address address = server.address();
            say(PeerLine.LISTENING, address.url() + " " + address.certificateHash() + " " + address.engine());
            while (in.readLine() != null) {
                say(PeerLine.WEIGHT, Weight.ofThisProcess().toString());
            }
        }
    }

    /** The first line says where the server is, each further one what to do: workload and sizes. */
    private void drive(Implementation implementation) throws Exception {
        String line = in.readLine();
        if (line == null) {
            return;
        }
        String[] server = line.split(" ");
        try (BenchClient client = implementation.client(new Address(server[0], server[1], server[2]))) {
            while ((line = in.readLine()) != null) {
                String[] words = line.split(" ");
                new Workloads(client, Sizes.parse(words[1]), this).run(Workload.valueOf(words[0]));
                say(PeerLine.DONE, "");
            }
        }
    }

    @Override
    public void figure(Metric metric, double value) {
        say(PeerLine.FIGURE, metric + " " + value);
    }

    @Override
    public synchronized void progress(int done, int total) {
        long now = System.nanoTime();
        if (now - lastProgress > PROGRESS_NANOS || done == total) {
            lastProgress = now;
            say(PeerLine.PROGRESS, done + " " + total);
        }
    }

    @Override
    public void weigh(String moment) throws IOException {
        say(PeerLine.WEIGHT, Weight.ofThisProcess() + " " + moment);
        if (in.readLine() == null) {
            throw new IOException("nobody is there any more to weigh for");
        }
    }

    private synchronized void say(PeerLine line, String rest) {
        out.println(line + " " + rest);
    }

    private static String describe(Throwable failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return message.lines().findFirst().orElse("");
    }
}
