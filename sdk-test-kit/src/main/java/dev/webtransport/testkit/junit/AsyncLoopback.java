package dev.webtransport.testkit.junit;

import dev.webtransport.async.AsyncClient;
import dev.webtransport.async.AsyncServer;
import dev.webtransport.async.AsyncSession;
import dev.webtransport.client.WebTransportClient;
import dev.webtransport.config.ClientConfig;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.config.ServerConfig;
import dev.webtransport.server.WebTransportServer;
import dev.webtransport.testkit.BorrowedTransport;
import dev.webtransport.testkit.Leftovers;
import dev.webtransport.testkit.LoopbackTransport;
import dev.webtransport.testkit.Replay;
import dev.webtransport.testkit.Traces;
import dev.webtransport.testkit.certificate.TestCertificates;
import dev.webtransport.testkit.network.NetworkConditions;
import dev.webtransport.testkit.network.SimulatedNetwork;
import dev.webtransport.testkit.quic.FrameListener;
import dev.webtransport.testkit.trace.Trace;
import dev.webtransport.testkit.trace.TraceOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.jvm.functions.Function2;
import kotlinx.coroutines.CompletableJob;
import kotlinx.coroutines.CoroutineExceptionHandlerKt;
import kotlinx.coroutines.CoroutineScope;
import kotlinx.coroutines.CoroutineScopeKt;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.ExecutorsKt;
import kotlinx.coroutines.SupervisorKt;
import kotlinx.coroutines.future.FutureKt;
import org.jspecify.annotations.Nullable;

/**
 * A client and a server in one test, with a network in memory between them and all their work on {@link VirtualTime}. The whole
 * protocol runs; what is missing is UDP and TLS.
 *
 * <p>A test gets it as a parameter, see {@link Loopback}; it is closed after the test.
 */
public final class AsyncLoopback {
    private final VirtualTime time;
    private final SimulatedNetwork network;
    private final LoopbackTransport transport;
    private final List<Throwable> uncaught = new ArrayList<>();
    private final CompletableJob root = SupervisorKt.SupervisorJob(null);
    private final CompletableJob ofClient = SupervisorKt.SupervisorJob(root);
    private final CompletableJob ofServer = SupervisorKt.SupervisorJob(root);
    private final CompletableJob ofNetwork = SupervisorKt.SupervisorJob(root);
    private final CallsUnderWay calls = new CallsUnderWay(root);
    private final Traces traces = new Traces(TraceOptions.DEFAULT);
    private final CoroutineScope timers;
    private final WebTransportClient kotlinClient;
    private final WebTransportServer kotlinServer;
    private final AsyncClient client;
    private final AsyncServer server;

    private AsyncLoopback(Builder builder) throws Exception {
        time = builder.time;
        network = new SimulatedNetwork(builder.seed, builder.conditions);
        time.observe(calls::handleTask, calls::waiting);
        CoroutineContext context = ExecutorsKt.from((ExecutorService) time)
                .plus(CoroutineExceptionHandlerKt.CoroutineExceptionHandler((where, failure) -> {
                    uncaught.add(failure);
                    return Unit.INSTANCE;
                }));
        timers = CoroutineScopeKt.CoroutineScope(context.plus(ofNetwork));
        transport = new LoopbackTransport(timers, time.timeSource(), network, number -> {
            FrameListener trace = traces.begin(number);
            FrameListener listener = builder.frameListeners.apply(number);
            return (direction, frame, nowNanos) -> {
                trace.handleFrame(direction, frame, nowNanos);
                listener.handleFrame(direction, frame, nowNanos);
            };
        });
        kotlinClient = new WebTransportClient(
                builder.client.build(), new BorrowedTransport(transport), context.plus(ofClient), time.timeSource());
        kotlinServer = run((scope, done) -> WebTransportServer.Companion.listen(
                builder.server.build(),
                new BorrowedTransport(transport),
                context.plus(ofServer),
                time.timeSource(),
                done));
        client = AsyncClient.of(kotlinClient, context.plus(calls.parent()));
        server = AsyncServer.of(kotlinServer, context.plus(calls.parent()));
    }

    /**
     * The client, whose connections reach {@link #server} and nobody else.
     *
     * @return the client
     */
    public AsyncClient client() {
        return client;
    }

    /**
     * The server. It accepts what the test, or the application under test, accepts.
     *
     * @return the server
     */
    public AsyncServer server() {
        return server;
    }

    /**
     * Where {@link #client} finds {@link #server}.
     *
     * @param path begins with a slash; may have a query
     * @return a URL
     */
    public String url(String path) {
        return "https://127.0.0.1:" + server.port() + path;
    }

    /**
     * Opens a session to the server, on a connection of its own.
     *
     * @param path begins with a slash; may have a query
     * @return completes with the client's end, once somebody has accepted the other; fails as
     *     {@link AsyncClient#connect(String)} does
     */
    public CompletableFuture<AsyncSession> connect(String path) {
        return client.connect(url(path));
    }

    /**
     * Opens a session and takes both ends of it. Not for servers whose requests somebody else takes.
     *
     * @return both ends
     * @throws Exception what opening failed with
     */
    public AsyncLoopbackPair pair() throws Exception {
        CompletableFuture<AsyncSession> opened = connect("/");
        AsyncSession accepted = await(await(server.acceptRequest()).get().accept());
        return new AsyncLoopbackPair(this, await(opened), accepted);
    }

    /**
     * The clock and executor on which all of this runs.
     *
     * @return the time
     */
    public VirtualTime time() {
        return time;
    }

    /**
     * The network between the two: perfect, unless the test has other plans with it. Its seed is the one of the test.
     *
     * @return the network
     */
    public SimulatedNetwork network() {
        return network;
    }

    /**
     * What was said on the first connection.
     *
     * @return the trace, which goes on
     */
    public Trace trace() {
        return trace(0);
    }

    /**
     * What was said on a connection.
     *
     * @param connection which one, 0 for the first that came to be
     * @return the trace, which goes on
     * @throws java.util.NoSuchElementException if there was none of that number
     */
    public Trace trace(int connection) {
        return traces.of(connection);
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
        return time.await(stage);
    }

    /** Ends everything as far as possible when the test's thread is stuck; from any thread. */
    void abandon(String why) {
        root.cancel(new CancellationException(why));
        transport.close();
        time.runReadyForOwner();
    }

    /** Closes both ends in good order. */
    void close() throws Exception {
        time.await(client.close());
        time.await(server.close());
        transport.close();
        time.runReady();
    }

    /** What is open or unread of sessions that stand; one line each. */
    List<String> leftovers() throws Exception {
        time.runReady();
        List<String> leftovers = new ArrayList<>(Leftovers.openStreams(transport, kotlinClient));
        leftovers.addAll(run((scope, done) -> Leftovers.INSTANCE.untaken(kotlinClient, kotlinServer, done)));
        return leftovers;
    }

    /** How to run the test again with the same chances, and what was said. */
    String replayNote() {
        return Replay.note(network.seed(), traces);
    }

    /** What goes on though both ends were closed, and what failed without anybody noticing; one line each. */
    List<String> leaks() {
        List<String> leaks = new ArrayList<>();
        calls.names().forEach(call -> leaks.add("waits for ever: " + call));
        leaks.addAll(Leftovers.running(ofClient, "the client"));
        leaks.addAll(Leftovers.running(ofServer, "the server"));
        leaks.addAll(Leftovers.running(ofNetwork, "the network"));
        uncaught.forEach(failure -> leaks.add("failed, and nobody noticed: " + failure));
        return leaks;
    }

    private <T> T run(Function2<? super CoroutineScope, ? super Continuation<? super T>, ?> function) throws Exception {
        return time.await(FutureKt.<T>future(timers, EmptyCoroutineContext.INSTANCE, CoroutineStart.DEFAULT, function));
    }

    @Override
    public String toString() {
        return "loopback over " + network;
    }

    /** Settings of a client and a server in memory. */
    public static final class Builder {
        private final VirtualTime time;
        private final long seed;
        private final Consumer<AsyncLoopback> onOpen;
        private NetworkConditions conditions = NetworkConditions.perfect();
        private LongFunction<FrameListener> frameListeners = connection -> (direction, frame, nanos) -> {};
        private final ClientConfig.Builder client = ClientConfig.builder();
        private final ServerConfig.Builder server = ServerConfig.builder(Certificates.VALUE.server())
                .bindAddresses(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));

        Builder(VirtualTime time, long seed, Consumer<AsyncLoopback> onOpen) {
            this.time = time;
            this.seed = seed;
            this.onOpen = onOpen;
        }

        /**
         * Settings of QUIC for both ends: credit, limits, buffers, timeouts.
         *
         * @param quic the settings
         * @return this
         */
        public Builder quic(QuicConfig quic) {
            client.quic(quic);
            server.quic(quic);
            return this;
        }

        /**
         * What the network is like at first, both ways; {@link AsyncLoopback#network} changes it later.
         *
         * @param conditions latency, loss ...
         * @return this
         */
        public Builder network(NetworkConditions conditions) {
            this.conditions = conditions;
            return this;
        }

        /**
         * Who sees every frame that arrives, for instance a {@link dev.webtransport.testkit.trace.Trace}.
         *
         * @param frameListeners gives each connection, by its number from 0, its listener
         * @return this
         */
        public Builder frames(LongFunction<FrameListener> frameListeners) {
            this.frameListeners = frameListeners;
            return this;
        }

        /**
         * Settings of the client.
         *
         * @param settings called once, now
         * @return this
         */
        public Builder client(Consumer<ClientConfig.Builder> settings) {
            settings.accept(client);
            return this;
        }

        /**
         * Settings of the server. Certificate and address are there already.
         *
         * @param settings called once, now
         * @return this
         */
        public Builder server(Consumer<ServerConfig.Builder> settings) {
            settings.accept(server);
            return this;
        }

        /**
         * Makes the client and the server.
         *
         * @return both; closed after the test
         * @throws Exception if the settings do not permit to listen
         */
        public AsyncLoopback open() throws Exception {
            AsyncLoopback loopback = new AsyncLoopback(this);
            onOpen.accept(loopback);
            return loopback;
        }
    }

    /** Made once, for no end in memory ever shows it. */
    private static final class Certificates {
        static final TestCertificates VALUE = TestCertificates.forLoopback();
    }
}
