package dev.webtransport.samples.bench;

import dev.webtransport.samples.bench.BenchServer.Address;
import dev.webtransport.samples.bench.BenchSettings.Subjects;
import dev.webtransport.samples.bench.Implementation.Layers;
import dev.webtransport.samples.cli.CommandFailure;
import dev.webtransport.samples.cli.ExitStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures. Each workload has fresh processes, those of all subjects at the same time; the subjects run in turns, so that what
 * else the machine does meets them alike. Runs that warm up go before and do not count.
 */
public final class Bench {
    private static final double KIBIBYTE = 1024;

    private final BenchSettings settings;
    private final Progress progress;

    /**
     * A benchmark that has not begun.
     *
     * @param settings what to measure
     * @param progress is told how far it is
     */
    public Bench(BenchSettings settings, Progress progress) {
        this.settings = settings;
        this.progress = progress;
    }

    /** What is measured side by side. */
    private record Subject(Implementation implementation, Result result) {}

    /**
     * Measures everything.
     *
     * @return what was found out
     * @throws InterruptedException if the thread is interrupted
     * @throws CommandFailure if there is no server to measure with
     */
    public Report run() throws InterruptedException {
        String begin = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Map<String, String> environment = Environment.describe();
        List<Subject> subjects = subjects();
        for (Workload workload : settings.workloads()) {
            measure(workload, subjects);
        }
        progress.end();
        return new Report(
                begin,
                environment,
                Environment.describe(settings),
                subjects.stream().map(Subject::result).toList());
    }

    private List<Subject> subjects() {
        List<Subject> subjects = new ArrayList<>();
        Layers layers = settings.elsewhere() == null ? Layers.SDK : Layers.SDK_TO_FOREIGN_SERVER;
        subjects.add(subject(layers, Result.Kind.SDK));
        if (settings.elsewhere() != null) {
            Result result = subjects.get(0).result();
            result.omit(Workload.W4, "what arrives of many datagrams: the peer protocol has no path that counts them");
            result.omit(Workload.W7, "the server's memory: it is not a process of this command");
            result.omit(Workload.W8, "the server's memory, for the same reason");
        }
        if (settings.subjects() == Subjects.SDK_AND_RAW) {
            subjects.add(subject(Layers.RAW, Result.Kind.RAW));
        }
        return subjects;
    }

    private Subject subject(Layers layers, Result.Kind kind) {
        return new Subject(
                new Implementation(layers, settings.engine(), settings.coroutines()),
                new Result(kind, settings.engine().label()));
    }

    private void measure(Workload workload, List<Subject> subjects) throws InterruptedException {
        boolean once = workload.repetition() == Workload.Repetition.ONCE;
        int runs = once ? 1 : settings.runs();
        Map<Subject, Pair> pairs = new LinkedHashMap<>();
        try {
            progress.step(workload + " " + workload.title(), "starting");
            for (Subject subject : subjects) {
                try {
                    pairs.put(subject, start(subject));
                } catch (CommandFailure failure) {
                    handleFailure(workload, subject, failure);
                }
            }
            if (!once) {
                warmUp(workload, pairs);
            }
            for (int run = 1; run <= runs; run++) {
                for (Subject subject : List.copyOf(pairs.keySet())) {
                    run(workload, subject, pairs, "run " + run + " of " + runs, true);
                }
            }
        } finally {
            pairs.values().forEach(Pair::close);
        }
    }

    /** In turns, too: the processes compile and collect while the others run. */
    private void warmUp(Workload workload, Map<Subject, Pair> pairs) throws InterruptedException {
        long wanted = settings.warmUp().multipliedBy(pairs.size()).toNanos();
        long begin = System.nanoTime();
        do {
            for (Subject subject : List.copyOf(pairs.keySet())) {
                run(workload, subject, pairs, "warming up", false);
            }
        } while (!pairs.isEmpty() && System.nanoTime() - begin < wanted);
    }

    private void run(Workload workload, Subject subject, Map<Subject, Pair> pairs, String which, boolean counts)
            throws InterruptedException {
        progress.step(
                workload + " " + workload.title(),
                subject.result().kind().name().toLowerCase(Locale.ROOT) + ", " + which);
        try {
            run(workload, subject, pairs.get(subject), counts);
        } catch (CommandFailure failure) {
            handleFailure(workload, subject, failure);
            pairs.remove(subject).close();
        }
    }

    private Pair start(Subject subject) throws InterruptedException {
        Address elsewhere = settings.elsewhere();
        if (elsewhere != null) {
            return Pair.start(subject.implementation(), elsewhere, settings);
        }
        Pair pair = Pair.start(subject.implementation(), settings);
        subject.result().setEngine(pair.engine());
        return pair;
    }

    /** A server elsewhere that lets nobody in ends everything; all else leaves the other workloads as they are. */
    private void handleFailure(Workload workload, Subject subject, CommandFailure failure) {
        boolean closed = failure.exitStatus() != ExitStatus.FAILED && failure.exitStatus() != ExitStatus.LOST;
        if (closed && settings.elsewhere() != null) {
            throw failure;
        }
        subject.result().fail(workload, String.valueOf(failure.getMessage()));
    }

    private void run(Workload workload, Subject subject, Pair pair, boolean counts) throws InterruptedException {
        Result result = subject.result();
        pair.run(workload, settings.sizes(), new Pair.Listener() {
            @Override
            public void figure(Metric metric, double value) {
                if (counts) {
                    result.add(metric, value);
                }
            }

            @Override
            public void progress(int done, int total) {
                progress.progress(done, total);
            }

            @Override
            public void weighed(String moment, @Nullable Weight server, Weight client) {
                result.add(workload, new Result.Moment(moment, server, client));
            }
        });
        addMemoryFigures(workload, result);
    }

    private void addMemoryFigures(Workload workload, Result result) {
        List<Result.Moment> moments = result.moments(workload);
        if (moments.isEmpty()) {
            return;
        }
        Result.Moment first = moments.get(0);
        Result.Moment last = moments.get(moments.size() - 1);
        if (workload == Workload.W7) {
            double each = KIBIBYTE * settings.sizes().sessions();
            result.add(
                    Metric.IDLE_CLIENT_HEAP,
                    (last.client().heap() - first.client().heap()) / each);
            result.add(
                    Metric.IDLE_CLIENT_RSS,
                    (last.client().rss() - first.client().rss()) / each);
            result.add(Metric.IDLE_CLIENT_THREADS, last.client().threads());
            if (first.server() != null && last.server() != null) {
                result.add(
                        Metric.IDLE_SERVER_HEAP,
                        (last.server().heap() - first.server().heap()) / each);
                result.add(
                        Metric.IDLE_SERVER_RSS,
                        (last.server().rss() - first.server().rss()) / each);
                result.add(Metric.IDLE_SERVER_THREADS, last.server().threads());
            }
        } else {
            result.add(
                    Metric.SHORT_CLIENT_HEAP,
                    (last.client().heap() - first.client().heap()) / KIBIBYTE);
            if (first.server() != null && last.server() != null) {
                result.add(
                        Metric.SHORT_SERVER_HEAP,
                        (last.server().heap() - first.server().heap()) / KIBIBYTE);
            }
        }
    }
}
