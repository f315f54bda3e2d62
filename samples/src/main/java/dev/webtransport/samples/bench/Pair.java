package dev.webtransport.samples.bench;

import dev.webtransport.samples.bench.BenchServer.Address;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A server and a client, each in a process of its own, for one workload. */
final class Pair implements AutoCloseable {
    private final @Nullable Child server;
    private final Child client;
    private final Duration patience;
    private final Address address;

    private Pair(@Nullable Child server, Child client, Address address, Duration patience) {
        this.server = server;
        this.client = client;
        this.address = address;
        this.patience = patience;
    }

    /** Starts both processes. */
    static Pair start(Implementation implementation, BenchSettings settings) throws InterruptedException {
        Child server = Child.start("server", implementation, settings.javaOptions());
        Child client = Child.start("client", implementation, settings.javaOptions());
        try {
            Child.Line line = server.await(settings.patience());
            Address address = new Address(line.word(0), line.word(1), line.word(2));
            client.tell(line.rest());
            return new Pair(server, client, address, settings.patience());
        } catch (InterruptedException | RuntimeException failure) {
            client.close();
            server.close();
            throw failure;
        }
    }

    /** Starts a client of a server that runs elsewhere. */
    static Pair start(Implementation implementation, Address elsewhere, BenchSettings settings) {
        Child client = Child.start("client", implementation, settings.javaOptions());
        client.tell(elsewhere.url() + " " + elsewhere.certificateHash() + " " + elsewhere.engine());
        return new Pair(null, client, elsewhere, settings.patience());
    }

    /** The engine of the server. */
    String engine() {
        return address.engine();
    }

    /** What a run reports. */
    interface Listener {
        void figure(Metric metric, double value);

        void progress(int done, int total);

        /** The server's weight is null if it runs elsewhere. */
        void weighed(String moment, @Nullable Weight server, Weight client);
    }

    /** Has the client do a workload once. */
    void run(Workload workload, Sizes sizes, Listener listener) throws InterruptedException {
        client.tell(workload + " " + sizes);
        while (true) {
            Child.Line line = client.await(patience);
            switch (line.kind()) {
                case FIGURE -> listener.figure(Metric.valueOf(line.word(0)), Double.parseDouble(line.word(1)));
                case PROGRESS -> listener.progress(Integer.parseInt(line.word(0)), Integer.parseInt(line.word(1)));
                case WEIGHT -> {
                    String moment = line.rest().substring(line.rest().indexOf(' ') + 1);
                    listener.weighed(moment, weighServer(), Weight.parse(line.word(0)));
                    client.tell("go on");
                }
                case DONE -> {
                    return;
                }
                default -> throw new IllegalStateException("a client does not say " + line.kind());
            }
        }
    }

    private @Nullable Weight weighServer() throws InterruptedException {
        if (server == null) {
            return null;
        }
        server.tell("weigh");
        return Weight.parse(server.await(patience).rest());
    }

    @Override
    public void close() {
        client.close();
        if (server != null) {
            server.close();
        }
    }
}
