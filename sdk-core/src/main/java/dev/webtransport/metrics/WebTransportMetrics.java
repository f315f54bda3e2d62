package dev.webtransport.metrics;

import dev.webtransport.client.WebTransportClient;
import dev.webtransport.server.WebTransportServer;
import dev.webtransport.value.ClientStatistics;
import dev.webtransport.value.ServerStatistics;
import dev.webtransport.value.TrafficStatistics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Shows the counters of a client or a server to a registry of Micrometer, until it is closed.
 *
 * <pre>{@code
 * try (WebTransportMetrics metrics = WebTransportMetrics.bindTo(registry, server, Tags.of("server", "chat"))) {
 *     ...
 * }
 * }</pre>
 *
 * <p>How many meters there are is fixed, whatever happens in sessions; docs/metrics.md lists their names. Each reads a snapshot
 * when the registry asks for it, so that nothing is counted twice, and nothing at all is done in between. Meters hold the client or
 * server in memory until {@link #close}. A registry keeps one meter under each name and tags: who binds several servers to one
 * registry tells them apart by tags, and gets an exception otherwise.
 *
 * <p>May be used from any thread.
 */
public final class WebTransportMetrics implements AutoCloseable {
    private final BoundMeters meters;

    private WebTransportMetrics(BoundMeters meters) {
        this.meters = meters;
    }

    /**
     * Shows a server.
     *
     * @param registry where its meters are registered
     * @param server whose counters
     * @param tags what all its meters are tagged with; may be empty
     * @return what removes them again
     * @throws IllegalStateException if the registry has one of the meters already; then none is added
     */
    public static WebTransportMetrics bindTo(
            MeterRegistry registry, WebTransportServer server, Iterable<? extends Tag> tags) {
        return bindServer(registry, server::statistics, tags);
    }

    /**
     * Shows a client.
     *
     * @param registry where its meters are registered
     * @param client whose counters
     * @param tags what all its meters are tagged with; may be empty
     * @return what removes them again
     * @throws IllegalStateException if the registry has one of the meters already; then none is added
     */
    public static WebTransportMetrics bindTo(
            MeterRegistry registry, WebTransportClient client, Iterable<? extends Tag> tags) {
        return bindClient(registry, client::statistics, tags);
    }

    /**
     * Shows a server of which only the counters are at hand: {@code AsyncServer::statistics} of the Java API for one.
     *
     * @param registry where the meters are registered
     * @param statistics gives a snapshot; called from threads of the registry
     * @param tags what all meters are tagged with; may be empty
     * @return what removes them again
     * @throws IllegalStateException if the registry has one of the meters already; then none is added
     */
    public static WebTransportMetrics bindServer(
            MeterRegistry registry, Supplier<ServerStatistics> statistics, Iterable<? extends Tag> tags) {
        BoundMeters meters = new BoundMeters(registry, tags);
        try {
            addServer(new Source<>(statistics, meters, "webtransport.server."));
        } catch (RuntimeException failed) {
            meters.removeAll();
            throw failed;
        }
        return new WebTransportMetrics(meters);
    }

    /**
     * Shows a client of which only the counters are at hand: {@code AsyncClient::statistics} of the Java API for one.
     *
     * @param registry where the meters are registered
     * @param statistics gives a snapshot; called from threads of the registry
     * @param tags what all meters are tagged with; may be empty
     * @return what removes them again
     * @throws IllegalStateException if the registry has one of the meters already; then none is added
     */
    public static WebTransportMetrics bindClient(
            MeterRegistry registry, Supplier<ClientStatistics> statistics, Iterable<? extends Tag> tags) {
        BoundMeters meters = new BoundMeters(registry, tags);
        try {
            addClient(new Source<>(statistics, meters, "webtransport.client."));
        } catch (RuntimeException failed) {
            meters.removeAll();
            throw failed;
        }
        return new WebTransportMetrics(meters);
    }

    /** Removes the meters from the registry. Repeatable; the client or server goes on. */
    @Override
    public void close() {
        meters.removeAll();
    }

    private static void addServer(Source<ServerStatistics> server) {
        server.time("uptime", "How long the server has been there", ServerStatistics::uptime);
        server.counter("connections.accepted", "Connections that were taken", ServerStatistics::connectionsAccepted);
        server.counter(
                "connections.refused",
                "Connections closed at once, as the server had all it takes",
                ServerStatistics::connectionsRefused);
        server.gauge("connections.open", "Connections that are open now", ServerStatistics::connectionsOpen);
        server.counter("requests", "Session requests that arrived", ServerStatistics::requestsReceived);
        server.counter("requests.rejected", "Session requests that were rejected", ServerStatistics::requestsRejected);
        server.counter(
                "requests.withdrawn",
                "Session requests whose client had gone before the answer",
                ServerStatistics::requestsWithdrawn);
        server.counter("sessions.accepted", "Requests that became a session", ServerStatistics::sessionsAccepted);
        server.gauge("sessions.open", "Sessions that stand now", ServerStatistics::sessionsOpen);
        server.counter("handler.failures", "Handlers that failed", ServerStatistics::handlerFailures);
        addTraffic(server, ServerStatistics::traffic);
    }

    private static void addClient(Source<ClientStatistics> client) {
        client.time("uptime", "How long the client has been there", ClientStatistics::uptime);
        client.counter("connects.attempted", "Calls of connect", ClientStatistics::connectsAttempted);
        client.counter("connects.failed", "Calls of connect that failed", ClientStatistics::connectsFailed);
        client.counter(
                "connects.cancelled", "Calls of connect whose caller gave up", ClientStatistics::connectsCancelled);
        client.timer(
                "connects",
                "Calls of connect that succeeded, and how long they took",
                ClientStatistics::connectsSucceeded,
                ClientStatistics::connectTimeTotal);
        client.time("connects.longest", "The longest of them", now -> now.connectTimeMax()
                .orElse(Duration.ZERO));
        client.gauge("connections.open", "Connections that are open now", ClientStatistics::connectionsOpen);
        client.counter("sessions.established", "Sessions that stood", ClientStatistics::sessionsEstablished);
        client.gauge("sessions.open", "Sessions that stand now", ClientStatistics::sessionsOpen);
        addTraffic(client, ClientStatistics::traffic);
    }

    private static <S> void addTraffic(Source<S> source, Function<S, TrafficStatistics> traffic) {
        source.counter("streams.opened", "Streams that either end opened", now -> traffic.apply(now)
                .streamsOpened());
        source.bytes("streams.written", "Payload written to streams", now -> traffic.apply(now)
                .bytesWritten());
        source.bytes("streams.read", "Payload read from streams", now -> traffic.apply(now)
                .bytesRead());
        source.counter("datagrams.sent", "Datagrams sent", now -> traffic.apply(now)
                .datagramsSent());
        source.counter("datagrams.received", "Datagrams that arrived", now -> traffic.apply(now)
                .datagramsReceived());
        source.bytes("datagrams.sent.payload", "Payload of the datagrams sent", now -> traffic.apply(now)
                .datagramBytesSent());
        source.bytes("datagrams.received.payload", "Payload of the datagrams that arrived", now -> traffic.apply(now)
                .datagramBytesReceived());
    }

    /** Reads one number of a snapshot. */
    private interface Reading<S> {
        long of(S snapshot);
    }

    /** Adds meters that read snapshots. */
    private static final class Source<S> {
        private final Supplier<S> statistics;
        private final BoundMeters meters;
        private final String prefix;

        Source(Supplier<S> statistics, BoundMeters meters, String prefix) {
            this.statistics = statistics;
            this.meters = meters;
            this.prefix = prefix;
        }

        void counter(String name, String description, Reading<S> reading) {
            meters.counter(prefix + name, description, null, () -> reading.of(statistics.get()));
        }

        void bytes(String name, String description, Reading<S> reading) {
            meters.counter(prefix + name, description, "bytes", () -> reading.of(statistics.get()));
        }

        void gauge(String name, String description, Reading<S> reading) {
            meters.gauge(prefix + name, description, () -> reading.of(statistics.get()));
        }

        void time(String name, String description, Function<S, Duration> reading) {
            meters.time(prefix + name, description, () -> nanos(reading, statistics.get()));
        }

        void timer(String name, String description, Reading<S> count, Function<S, Duration> total) {
            meters.timer(
                    prefix + name,
                    description,
                    () -> count.of(statistics.get()),
                    () -> nanos(total, statistics.get()),
                    TimeUnit.NANOSECONDS);
        }

        private static <S> long nanos(Function<S, Duration> reading, S snapshot) {
            return reading.apply(snapshot).toNanos();
        }
    }
}
