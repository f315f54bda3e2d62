package dev.webtransport.samples.bench;

import dev.webtransport.samples.cli.CommandFailure;
import dev.webtransport.samples.cli.ExitStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link PeerMain} in a process of its own, which never outlives this one. */
final class Child implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 5;
    private static final int LINES = 1024;
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        // Ctrl-C, or whatever else ends this process first.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "wt-bench-children"));
    }

    private final String name;
    private final Process process;
    private final Writer input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>(LINES);

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.input = process.outputWriter();
        Thread reader = new Thread(this::read, "wt-bench-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts one.
     *
     * @param role what {@link PeerMain} is told
     * @param implementation of what
     * @param javaOptions of its virtual machine
     */
    static Child start(String role, Implementation implementation, List<String> javaOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), PeerMain.class.getName()));
        command.addAll(List.of(role, implementation.toString()));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            RUNNING.add(process);
            return new Child(role, process);
        } catch (IOException unable) {
            throw new CommandFailure(
                    ExitStatus.FAILED, "cannot start the " + role + ": " + unable.getMessage(), unable);
        }
    }

    void tell(String line) {
        try {
            input.write(line + "\n");
            input.flush();
        } catch (IOException gone) {
            // It ended; the next line says so.
            RUNNING.remove(process);
        }
    }

    /**
     * The next line.
     *
     * @param patience how long it may take
     * @return its words behind the first, which is the key
     * @throws CommandFailure if the process failed, ended, or said nothing in time
     */
    Line await(Duration patience) throws InterruptedException {
        String line = lines.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
            throw new CommandFailure(
                    ExitStatus.FAILED, "the " + name + " did nothing for " + patience.toSeconds() + " s", null);
        }
        if (line.isEmpty()) {
            throw new CommandFailure(
                    ExitStatus.FAILED,
                    "the " + name + "'s process ended by itself, with status " + process.waitFor(),
                    null);
        }
        int space = line.indexOf(' ');
        Line read = new Line(PeerLine.valueOf(line.substring(0, space)), line.substring(space + 1));
        if (read.kind() == PeerLine.FAILED) {
            String[] words = read.rest().split(" ", 2);
            throw new CommandFailure(Integer.parseInt(words[0]), words[1], null);
        }
        return read;
    }

    /** What a process said. */
    record Line(PeerLine kind, String rest) {
        /** The part with that number, counted from 0. */
        String word(int number) {
            return rest.split(" ")[number];
        }
    }

    /** Asks it to end, and makes it. */
    @Override
    public void close() {
        try {
            input.close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException gone) {
            process.destroyForcibly();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        RUNNING.remove(process);
    }

    /** An empty line stands for the end. */
    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (PeerLine.begins(line)) {
                    lines.put(line);
                } else {
                    // The virtual machine's own words, which options may have it say.
                    System.err.println(line);
                }
            }
        } catch (IOException destroyed) {
            process.destroyForcibly();
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        } finally {
            lines.offer("");
        }
    }
}
