package dev.webtransport.samples.bench;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;

/** What Netty's allocator holds outside the heap. It is not among the direct buffers that the JDK counts. */
final class PooledMemory {
    private PooledMemory() {}

    /** Bytes in use and kept for later, -1 where the allocator does not tell. */
    static long bytes() {
        return ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider
                ? provider.metric().usedDirectMemory()
                : -1;
    }
}
