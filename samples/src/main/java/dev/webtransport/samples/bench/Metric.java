package dev.webtransport.samples.bench;

import static dev.webtransport.samples.bench.Metric.Direction.HIGHER_IS_BETTER;
import static dev.webtransport.samples.bench.Metric.Direction.LOWER_IS_BETTER;

import org.jspecify.annotations.Nullable;

/** What is measured. The identifiers stand in files, so they stay. */
enum Metric {
    UPLOAD_ONE(Workload.W1, "upload.one", "up, one stream", "MB/s", HIGHER_IS_BETTER),
    UPLOAD_MANY(Workload.W1, "upload.many", "up, streams of 1 MiB at once", "MB/s", HIGHER_IS_BETTER),
    DOWNLOAD_ONE(Workload.W2, "download.one", "down, one stream", "MB/s", HIGHER_IS_BETTER),
    FRESH_64_MEDIAN(Workload.W3, "request.fresh.64.p50", "64 B, stream each, median", "µs", LOWER_IS_BETTER),
    FRESH_64_P99(Workload.W3, "request.fresh.64.p99", "64 B, stream each, 99 %", "µs", LOWER_IS_BETTER),
    FRESH_1K_MEDIAN(Workload.W3, "request.fresh.1024.p50", "1 KiB, stream each, median", "µs", LOWER_IS_BETTER),
    FRESH_1K_P99(Workload.W3, "request.fresh.1024.p99", "1 KiB, stream each, 99 %", "µs", LOWER_IS_BETTER),
    SAME_64_MEDIAN(Workload.W3, "request.same.64.p50", "64 B, one stream, median", "µs", LOWER_IS_BETTER),
    SAME_64_P99(Workload.W3, "request.same.64.p99", "64 B, one stream, 99 %", "µs", LOWER_IS_BETTER),
    SAME_1K_MEDIAN(Workload.W3, "request.same.1024.p50", "1 KiB, one stream, median", "µs", LOWER_IS_BETTER),
    SAME_1K_P99(Workload.W3, "request.same.1024.p99", "1 KiB, one stream, 99 %", "µs", LOWER_IS_BETTER),
    DATAGRAM_MEDIAN(Workload.W4, "datagram.rtt.p50", "64 B there and back, median", "µs", LOWER_IS_BETTER),
    DATAGRAM_P99(Workload.W4, "datagram.rtt.p99", "64 B there and back, 99 %", "µs", LOWER_IS_BETTER),
    DATAGRAM_GOODPUT(Workload.W4, "datagram.goodput", "received, 1,000 B each", "MB/s", HIGHER_IS_BETTER),
    DATAGRAM_ARRIVED(Workload.W4, "datagram.arrived", "arrived of those sent", "%", HIGHER_IS_BETTER),
    CONNECTS(Workload.W5, "connect.rate", "connect, ready, close; 50 at once", "1/s", HIGHER_IS_BETTER),
    CONNECT_MEDIAN(Workload.W5, "connect.p50", "until ready, median", "ms", LOWER_IS_BETTER),
    CONNECT_P99(Workload.W5, "connect.p99", "until ready, 99 %", "ms", LOWER_IS_BETTER),
    CONCURRENT(Workload.W6, "concurrent.rate", "echoed, streams of 64 KiB at once", "MB/s", HIGHER_IS_BETTER),
    IDLE_SERVER_HEAP(Workload.W7, "idle.server.heap", "server's heap per session", "KiB", LOWER_IS_BETTER),
    IDLE_SERVER_RSS(Workload.W7, "idle.server.rss", "server's memory per session", "KiB", LOWER_IS_BETTER),
    IDLE_SERVER_THREADS(Workload.W7, "idle.server.threads", "server's threads for all of them", "", LOWER_IS_BETTER),
    IDLE_CLIENT_HEAP(Workload.W7, "idle.client.heap", "client's heap per session", "KiB", LOWER_IS_BETTER),
    IDLE_CLIENT_RSS(Workload.W7, "idle.client.rss", "client's memory per session", "KiB", LOWER_IS_BETTER),
    IDLE_CLIENT_THREADS(Workload.W7, "idle.client.threads", "client's threads for all of them", "", LOWER_IS_BETTER),
    SHORT_RATE(Workload.W8, "short.rate", "64 B echoed, stream each, 16 at once", "1/s", HIGHER_IS_BETTER),
    SHORT_SERVER_HEAP(Workload.W8, "short.server.heap", "server's heap, growth", "KiB", LOWER_IS_BETTER),
    SHORT_CLIENT_HEAP(Workload.W8, "short.client.heap", "client's heap, growth", "KiB", LOWER_IS_BETTER);

    /** Which of two values is the better one. */
    enum Direction {
        HIGHER_IS_BETTER,
        LOWER_IS_BETTER
    }

    private final Workload workload;
    private final String id;
    private final String title;
    private final String unit;
    private final Direction direction;

    Metric(Workload workload, String id, String title, String unit, Direction direction) {
        this.workload = workload;
        this.id = id;
        this.title = title;
        this.unit = unit;
        this.direction = direction;
    }

    Workload workload() {
        return workload;
    }

    String id() {
        return id;
    }

    String title() {
        return title;
    }

    /** Empty for what is counted in pieces. */
    String unit() {
        return unit;
    }

    Direction direction() {
        return direction;
    }

    /** How many times worse {@code value} is than {@code other}: above 1 it is worse, whichever way this metric goes. */
    double timesWorse(double value, double other) {
        return direction == HIGHER_IS_BETTER ? other / value : value / other;
    }

    /** The metric of that identifier, or null if this version does not know it. */
    static @Nullable Metric of(String id) {
        for (Metric metric : values()) {
            if (metric.id.equals(id)) {
                return metric;
            }
        }
        return null;
    }
}
