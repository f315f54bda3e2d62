package dev.webtransport.testkit.junit;

import dev.webtransport.async.AsyncSession;
import dev.webtransport.testkit.network.SimulatedNetwork;
import dev.webtransport.testkit.trace.Trace;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The two ends of one session in memory. */
public final class AsyncLoopbackPair {
    private final AsyncLoopback loopback;
    private final AsyncSession client;
    private final AsyncSession server;

    AsyncLoopbackPair(AsyncLoopback loopback, AsyncSession client, AsyncSession server) {
        this.loopback = loopback;
        this.client = client;
        this.server = server;
    }

    /**
     * The client's end.
     *
     * @return the session
     */
    public AsyncSession client() {
        return client;
    }

    /**
     * The server's end.
     *
     * @return the session
     */
    public AsyncSession server() {
        return server;
    }

    /**
     * The client, the server and the network between them.
     *
     * @return where this session is
     */
    public AsyncLoopback loopback() {
        return loopback;
    }

    /**
     * The network between the two: perfect, unless the test has other plans with it.
     *
     * @return the network
     */
    public SimulatedNetwork network() {
        return loopback.network();
    }

    /**
     * What was said on the connection of the pair, as long as it is the first one.
     *
     * @return the trace, which goes on
     */
    public Trace trace() {
        return loopback.trace();
    }

    /**
     * The clock and executor of both ends.
     *
     * @return the time
     */
    public VirtualTime time() {
        return loopback.time();
    }

    /**
     * Waits as {@link VirtualTime#await(CompletionStage)} does.
     *
     * @param stage what to wait for
     * @param <T> the type of its value
     * @return its value
     * @throws Exception what it failed with
     */
    public <T extends @Nullable Object> T await(CompletionStage<T> stage) throws Exception {
        return loopback.await(stage);
    }
}
