package dev.webtransport.samples.bench;

import dev.webtransport.samples.bench.BenchClient.StreamUse;
import java.util.Arrays;

/** What a client does for each workload, and what is figured out of it. */
final class Workloads {
    private static final double MEGABYTE = 1e6;
    private static final double MICROSECOND = 1e3;
    private static final double MILLISECOND = 1e6;
    private static final double SECOND = 1e9;

    /** After which share of the short streams memory is weighed. */
    private static final int PARTS = 10;

    private final BenchClient client;
    private final Sizes sizes;
    private final Recorder recorder;

    Workloads(BenchClient client, Sizes sizes, Recorder recorder) {
        this.client = client;
        this.sizes = sizes;
        this.recorder = recorder;
    }

    void run(Workload workload) throws Exception {
        switch (workload) {
            case W1 -> upload();
            case W2 -> download();
            case W3 -> requests();
            case W4 -> datagrams();
            case W5 -> connects();
            case W6 -> concurrent();
            case W7 -> idle();
            case W8 -> shortStreams();
        }
    }

    private void upload() throws Exception {
        long bytes = (long) sizes.bulkMebibytes() << 20;
        recorder.figure(Metric.UPLOAD_ONE, rate(bytes, client.upload(1, bytes)));
        int streams = sizes.bulkMebibytes();
        recorder.figure(Metric.UPLOAD_MANY, rate(bytes, client.upload(streams, Sizes.MANY_STREAM_BYTES)));
    }

    private void download() throws Exception {
        long bytes = (long) sizes.bulkMebibytes() << 20;
        recorder.figure(Metric.DOWNLOAD_ONE, rate(bytes, client.download(bytes)));
    }

    private void requests() throws Exception {
        request(Sizes.SMALL, StreamUse.FRESH, Metric.FRESH_64_MEDIAN, Metric.FRESH_64_P99);
        request(Sizes.LARGE, StreamUse.FRESH, Metric.FRESH_1K_MEDIAN, Metric.FRESH_1K_P99);
        request(Sizes.SMALL, StreamUse.SAME, Metric.SAME_64_MEDIAN, Metric.SAME_64_P99);
        request(Sizes.LARGE, StreamUse.SAME, Metric.SAME_1K_MEDIAN, Metric.SAME_1K_P99);
    }

    private void request(int bytes, StreamUse streams, Metric median, Metric p99) throws Exception {
        latency(client.request(sizes.requests(), bytes, streams), MICROSECOND, median, p99);
    }

    private void datagrams() throws Exception {
        long[] roundTrips = client.datagramRoundTrips(sizes.roundTrips(), Sizes.SMALL);
        if (roundTrips.length < sizes.roundTrips() / 2) {
            throw new IllegalStateException(
                    "of " + sizes.roundTrips() + " datagrams only " + roundTrips.length + " came back");
        }
        latency(roundTrips, MICROSECOND, Metric.DATAGRAM_MEDIAN, Metric.DATAGRAM_P99);
        if (client.countsDatagrams()) {
            BenchClient.Arrivals arrivals = client.datagrams(sizes.datagrams(), Sizes.DATAGRAM_BYTES);
            recorder.figure(Metric.DATAGRAM_GOODPUT, rate(arrivals.bytes(), Math.max(1, arrivals.nanos())));
            recorder.figure(Metric.DATAGRAM_ARRIVED, 100.0 * arrivals.received() / sizes.datagrams());
        }
    }

    private void connects() throws Exception {
        BenchClient.Connects connects = client.connect(sizes.connects(), Sizes.CONNECTS_AT_ONCE);
        recorder.figure(Metric.CONNECTS, sizes.connects() / (connects.total() / SECOND));
        latency(connects.untilReady(), MILLISECOND, Metric.CONNECT_MEDIAN, Metric.CONNECT_P99);
    }

    private void concurrent() throws Exception {
        long bytes = (long) sizes.streams() * Sizes.STREAM_BYTES;
        recorder.figure(Metric.CONCURRENT, rate(bytes, client.echoAtOnce(sizes.streams(), Sizes.STREAM_BYTES)));
    }

    private void idle() throws Exception {
        recorder.weigh("before");
        client.openIdle(sizes.sessions(), opened -> recorder.progress(opened, sizes.sessions()));
        recorder.weigh("with " + sizes.sessions() + " sessions");
    }

    /** Those before the first weighing let buffers and caches grow to their size. */
    private void shortStreams() throws Exception {
        int[] parts = new int[PARTS];
        Arrays.fill(parts, sizes.shortStreams() / PARTS);
        long nanos = client.shortStreams(parts, Sizes.SHORT_STREAMS_AT_ONCE, Sizes.SMALL, new BenchClient.Steps() {
            @Override
            public void done(int count) {
                recorder.progress(count, sizes.shortStreams());
            }

            @Override
            public void partDone(int part) throws Exception {
                recorder.weigh("after " + (part + 1) * parts[part]);
            }
        });
        recorder.figure(Metric.SHORT_RATE, PARTS * parts[0] / (nanos / SECOND));
    }

    private void latency(long[] nanos, double unit, Metric median, Metric p99) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        recorder.figure(median, sorted[sorted.length / 2] / unit);
        recorder.figure(p99, sorted[Math.min(sorted.length - 1, sorted.length * 99 / 100)] / unit);
    }

    private static double rate(long bytes, long nanos) {
        return bytes / MEGABYTE / (nanos / SECOND);
    }
}
