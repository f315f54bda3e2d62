package dev.webtransport.samples.bench;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a process weighs at one moment. What the platform does not tell is -1.
 *
 * @param heap bytes used after a full collection
 * @param committed bytes that the heap has been given at that moment
 * @param rss resident bytes, as Linux counts them: heap, native memory, code, stacks
 * @param direct bytes in direct buffers of the JDK
 * @param pooled bytes that Netty's pooled allocator holds outside the heap, in use or kept for later
 * @param threads that live
 * @param files open file descriptors, sockets among them
 */
public record Weight(long heap, long committed, long rss, long direct, long pooled, int threads, int files) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path FILES = Path.of("/proc/self/fd");
    private static final int COLLECTIONS = 3;
    private static final int MOST_WAITS = 20;
    private static final long WAIT_MILLIS = 200;

    /** Collects garbage and weighs this process. @return its weight */
    public static Weight ofThisProcess() {
        long heap = Long.MAX_VALUE;
        long committed = 0;
        // References with a queue need more than one collection to let go.
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            heap = Math.min(
                    heap,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        return new Weight(heap, committed, settledResidentBytes(), direct, PooledMemory.bytes(), threads, openFiles());
    }

    /** A heap that shrinks gives its memory back by and by, behind the collection. */
    private static long settledResidentBytes() {
        long before = residentBytes();
        for (int i = 0; i < MOST_WAITS; i++) {
            try {
                Thread.sleep(WAIT_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return before;
            }
            long now = residentBytes();
            if (now >= before) {
                return now;
            }
            before = now;
        }
        return before;
    }

    /** What Linux counts as resident of this process now, -1 elsewhere. @return bytes */
    public static long residentBytes() {
        try {
            for (String line : Files.readAllLines(STATUS, StandardCharsets.US_ASCII)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
                }
            }
        } catch (IOException | NumberFormatException absent) {
            return -1;
        }
        return -1;
    }

    private static int openFiles() {
        int count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(FILES)) {
            for (Path file : files) {
                count += file == null ? 0 : 1;
            }
        } catch (IOException absent) {
            return -1;
        }
        // Not counting the one that looks at them.
        return count - 1;
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return heap + "," + committed + "," + rss + "," + direct + "," + pooled + "," + threads + "," + files;
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @param text numbers with commas between
     * @return the weight
     */
    public static Weight parse(String text) {
        String[] parts = text.split(",");
        return new Weight(
                Long.parseLong(parts[0]),
                Long.parseLong(parts[1]),
                Long.parseLong(parts[2]),
                Long.parseLong(parts[3]),
                Long.parseLong(parts[4]),
                Integer.parseInt(parts[5]),
                Integer.parseInt(parts[6]));
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("heap", heap);
        json.put("committed", committed);
        json.put("rss", rss);
        json.put("direct", direct);
        json.put("pooled", pooled);
        json.put("threads", threads);
        json.put("files", files);
        return json;
    }

    static Weight fromJson(JsonObject json) {
        return new Weight(
                (long) json.number("heap"),
                (long) json.number("committed"),
                (long) json.number("rss"),
                (long) json.number("direct"),
                (long) json.number("pooled"),
                (int) json.number("threads"),
                (int) json.number("files"));
    }
}
