package dev.webtransport.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.SourceTree;
import dev.webtransport.value.ClientStatistics;
import dev.webtransport.value.ServerStatistics;
import dev.webtransport.value.TrafficStatistics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WebTransportMetricsTest {
    private static final TrafficStatistics TRAFFIC = TrafficStatistics.builder()
            .streamsOpened(21)
            .bytesWritten(22)
            .bytesRead(23)
            .datagramsSent(24)
            .datagramBytesSent(25)
            .datagramsReceived(26)
            .datagramBytesReceived(27)
            .build();

    private static final ServerStatistics SERVER = ServerStatistics.builder()
            .uptime(Duration.ofSeconds(9))
            .connectionsAccepted(1)
            .connectionsRefused(2)
            .connectionsOpen(3)
            .requestsReceived(4)
            .requestsRejected(5)
            .requestsWithdrawn(6)
            .sessionsAccepted(7)
            .sessionsOpen(8)
            .handlerFailures(10)
            .traffic(TRAFFIC)
            .build();

    private static final ClientStatistics CLIENT = ClientStatistics.builder()
            .uptime(Duration.ofSeconds(9))
            .connectsAttempted(1)
            .connectsSucceeded(2)
            .connectTimeTotal(Duration.ofMillis(500))
            .connectTimeMax(Duration.ofMillis(300))
            .connectsFailed(3)
            .connectsCancelled(4)
            .connectionsOpen(5)
            .sessionsEstablished(6)
            .sessionsOpen(7)
            .traffic(TRAFFIC)
            .build();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double counter(String name) {
        return registry.get(name).functionCounter().count();
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private void assertTraffic(String prefix) {
        assertEquals(21, counter(prefix + "streams.opened"));
        assertEquals(22, counter(prefix + "streams.written"));
        assertEquals(23, counter(prefix + "streams.read"));
        assertEquals(24, counter(prefix + "datagrams.sent"));
        assertEquals(25, counter(prefix + "datagrams.sent.payload"));
        assertEquals(26, counter(prefix + "datagrams.received"));
        assertEquals(27, counter(prefix + "datagrams.received.payload"));
        assertEquals(
                "bytes", registry.get(prefix + "streams.read").meter().getId().getBaseUnit());
    }

    @Test
    void each_meter_of_a_server_reads_its_own_counter() {
        WebTransportMetrics.bindServer(registry, () -> SERVER, Tags.empty());
        assertEquals(
                9, registry.get("webtransport.server.uptime").timeGauge().value(TimeUnit.SECONDS));
        assertEquals(1, counter("webtransport.server.connections.accepted"));
        assertEquals(2, counter("webtransport.server.connections.refused"));
        assertEquals(3, gauge("webtransport.server.connections.open"));
        assertEquals(4, counter("webtransport.server.requests"));
        assertEquals(5, counter("webtransport.server.requests.rejected"));
        assertEquals(6, counter("webtransport.server.requests.withdrawn"));
        assertEquals(7, counter("webtransport.server.sessions.accepted"));
        assertEquals(8, gauge("webtransport.server.sessions.open"));
        assertEquals(10, counter("webtransport.server.handler.failures"));
        assertTraffic("webtransport.server.");
    }

    @Test
    void each_meter_of_a_client_reads_its_own_counter() {
        WebTransportMetrics.bindClient(registry, () -> CLIENT, Tags.empty());
        assertEquals(
                9, registry.get("webtransport.client.uptime").timeGauge().value(TimeUnit.SECONDS));
        assertEquals(1, counter("webtransport.client.connects.attempted"));
        assertEquals(
                2, registry.get("webtransport.client.connects").functionTimer().count());
        assertEquals(
                500,
                registry.get("webtransport.client.connects").functionTimer().totalTime(TimeUnit.MILLISECONDS),
                1e-6);
        assertEquals(
                300,
                registry.get("webtransport.client.connects.longest").timeGauge().value(TimeUnit.MILLISECONDS),
                1e-6);
        assertEquals(3, counter("webtransport.client.connects.failed"));
        assertEquals(4, counter("webtransport.client.connects.cancelled"));
        assertEquals(5, gauge("webtransport.client.connections.open"));
        assertEquals(6, counter("webtransport.client.sessions.established"));
        assertEquals(7, gauge("webtransport.client.sessions.open"));
        assertTraffic("webtransport.client.");
    }

    @Test
    void meters_follow_what_is_counted() {
        AtomicReference<ServerStatistics> now = new AtomicReference<>(SERVER);
        WebTransportMetrics.bindServer(registry, now::get, Tags.empty());
        now.set(ServerStatistics.builder().requestsReceived(100).build());
        assertEquals(100, counter("webtransport.server.requests"));
    }

    @Test
    void meters_keep_their_source_until_they_are_closed() {
        Supplier<ServerStatistics> source = new AtomicReference<>(SERVER)::get;
        WeakReference<Supplier<ServerStatistics>> seen = new WeakReference<>(source);
        WebTransportMetrics.bindServer(registry, source, Tags.empty());
        source = null;
        System.gc();
        assertEquals(4, counter("webtransport.server.requests"));
        assertTrue(seen.get() != null);
    }

    @Test
    void closing_removes_every_meter_of_it_and_no_other() {
        registry.counter("of.somebody.else").increment();
        WebTransportMetrics server = WebTransportMetrics.bindServer(registry, () -> SERVER, Tags.of("name", "one"));
        WebTransportMetrics other = WebTransportMetrics.bindServer(registry, () -> SERVER, Tags.of("name", "two"));
        WebTransportMetrics client = WebTransportMetrics.bindClient(registry, () -> CLIENT, Tags.empty());
        int all = registry.getMeters().size();
        server.close();
        server.close();
        assertEquals(
                0,
                registry.getMeters().stream()
                        .filter(meter -> "one".equals(meter.getId().getTag("name")))
                        .count());
        assertEquals(all - 17, registry.getMeters().size());
        other.close();
        client.close();
        assertEquals(1, registry.getMeters().size());
    }

    @Test
    void a_second_one_under_the_same_tags_is_refused_and_leaves_the_first_alone() {
        registry.config().commonTags("host", "here");
        WebTransportMetrics.bindServer(registry, () -> SERVER, Tags.empty());
        int all = registry.getMeters().size();
        ServerStatistics nothing = ServerStatistics.builder().build();
        assertThrows(
                IllegalStateException.class,
                () -> WebTransportMetrics.bindServer(registry, () -> nothing, Tags.empty()));
        assertEquals(all, registry.getMeters().size());
        assertEquals(4, counter("webtransport.server.requests"));
    }

    @Test
    void the_page_of_meters_lists_all_of_them_and_no_other() throws IOException {
        WebTransportMetrics.bindServer(registry, () -> SERVER, Tags.empty());
        WebTransportMetrics.bindClient(registry, () -> CLIENT, Tags.empty());
        Set<String> listed = new TreeSet<>();
        Matcher rows = Pattern.compile("(?m)^\\| `(webtransport\\.(?:server|client|\\*)\\..+?)` \\|")
                .matcher(Files.readString(SourceTree.root().resolve("docs/metrics.md")));
        while (rows.find()) {
            listed.add(rows.group(1).replace("*", "server"));
            listed.add(rows.group(1).replace("*", "client"));
        }
        Set<String> registered = new TreeSet<>();
        for (Meter meter : registry.getMeters()) {
            registered.add(meter.getId().getName());
        }
        assertEquals(listed, registered);
    }
}
