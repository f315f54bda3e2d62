package dev.webtransport.testkit.engine;

import dev.webtransport.config.Http3Config;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.testkit.fault.Fault;
import dev.webtransport.testkit.network.NetworkConditions;
import dev.webtransport.testkit.network.QuicLink;
import dev.webtransport.testkit.network.SimulatedNetwork;
import dev.webtransport.testkit.quic.FrameListener;
import dev.webtransport.value.Perspective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A client and a server, each an engine on a QUIC endpoint, with a simulated network between them and one clock that only
 * {@link #advance} moves. Everything happens in the caller's thread and in the same order each time: two pairs with the same
 * seed that are told the same do the same.
 */
public final class EnginePair {
    /** What moves for so many steps without any time passing moves for ever. */
    static final int MAX_STEPS = 100_000;

    /** So many timers that are due at the same moment are one that is never done. */
    static final int MAX_TIMERS_AT_ONCE = 1_000;

    private final SimulatedNetwork network;
    private final QuicLink link;
    private final EngineEnd client;
    private final EngineEnd server;
    private long nowNanos;

    private EnginePair(Builder builder) {
        this.network = new SimulatedNetwork(builder.seed, builder.conditions);
        for (Fault fault : builder.faults) {
            network.inject(fault);
        }
        builder.tampering.prepare(network);
        this.link = new QuicLink(builder.clientQuic, builder.serverQuic, network, 0, builder.listener, 0);
        this.client = new EngineEnd(this, link.end(Perspective.CLIENT), builder.clientHttp3, builder.tampering);
        this.server = new EngineEnd(this, link.end(Perspective.SERVER), builder.serverHttp3, builder.tampering);
        network.addObserver(this::handleNetworkChange);
        client.start();
        server.start();
    }

    /**
     * A pair on a perfect network, with the defaults of the core. SETTINGS are under way.
     *
     * @return the pair
     */
    public static EnginePair create() {
        return builder().build();
    }

    /**
     * A builder that starts with what {@link #create} uses.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The client.
     *
     * @return the end
     */
    public EngineEnd client() {
        return client;
    }

    /**
     * The server.
     *
     * @return the end
     */
    public EngineEnd server() {
        return server;
    }

    /**
     * One of the ends.
     *
     * @param perspective which
     * @return the end
     */
    public EngineEnd end(Perspective perspective) {
        return perspective == Perspective.CLIENT ? client : server;
    }

    /**
     * What lies between the ends; may be changed at any time.
     *
     * @return the network
     */
    public SimulatedNetwork network() {
        return network;
    }

    /**
     * What time it is.
     *
     * @return nanoseconds since the pair was made
     */
    public long nowNanos() {
        return nowNanos;
    }

    /**
     * Lets each end send what it can, take in what has arrived by now, and do what follows from that.
     *
     * @return whether anything moved
     */
    public boolean step() {
        boolean moved = client.settle() | server.settle();
        moved |= link.step(nowNanos);
        return moved | client.settle() | server.settle();
    }

    /**
     * Steps until nothing moves without time passing.
     *
     * @throws IllegalStateException if that does not come to an end
     */
    public void drive() {
        for (int steps = 0; step(); steps++) {
            if (steps == MAX_STEPS) {
                throw new IllegalStateException("something still moves after " + MAX_STEPS + " steps at " + this);
            }
        }
    }

    /**
     * Lets time pass, from timer to timer, and drives at each of them.
     *
     * @param duration how long
     * @throws IllegalStateException if the pair never comes to rest, or a timer is never done
     */
    public void advance(Duration duration) {
        advanceUntil(() -> false, duration);
    }

    /**
     * Lets time pass, from timer to timer, until something is so.
     *
     * @param condition looked at whenever nothing moves
     * @param limit how long at most; then the clock stands there
     * @return whether the condition came to be
     * @throws IllegalStateException if the pair never comes to rest, or a timer is never done
     */
    public boolean advanceUntil(BooleanSupplier condition, Duration limit) {
        long last = nowNanos + limit.toNanos();
        drive();
        int atOnce = 0;
        while (!condition.getAsBoolean()) {
            long next = pollTimeoutNanos();
            if (next > last) {
                nowNanos = last;
                return false;
            }
            atOnce = next > nowNanos ? 0 : atOnce + 1;
            if (atOnce == MAX_TIMERS_AT_ONCE) {
                throw new IllegalStateException("a timer is due again and again at " + this);
            }
            nowNanos = Math.max(nowNanos, next);
            link.handleTimeout(nowNanos);
            client.handleTimeout();
            server.handleTimeout();
            drive();
        }
        return true;
    }

    /**
     * When something happens by itself.
     *
     * @return the time in nanoseconds; Long.MAX_VALUE for never
     */
    public long pollTimeoutNanos() {
        long ofEnds = Math.min(client.pollTimeoutNanos(), server.pollTimeoutNanos());
        return Math.min(ofEnds, link.pollTimeoutNanos(nowNanos));
    }

    /**
     * Brings a session about: waits for the SETTINGS, asks, accepts, and waits for the answer.
     *
     * @return the session's id
     * @throws IllegalStateException if none comes about within a minute of the pair's time
     */
    public long openSession() {
        Duration limit = Duration.ofMinutes(1);
        long[] id = {-1};
        boolean established = advanceUntil(() -> id[0] >= 0 || (id[0] = client.connect("/")) >= 0, limit)
                && advanceUntil(() -> server.session(id[0]) != null, limit)
                && server.accept(id[0])
                && advanceUntil(() -> client.session(id[0]).state() == EngineSession.State.OPEN, limit);
        if (!established) {
            throw new IllegalStateException("no session came about within " + limit + " on " + this);
        }
        return id[0];
    }

    /**
     * Whether the connection has ended for both ends.
     *
     * @return true at the end
     */
    public boolean isOver() {
        return link.isOver();
    }

    private void handleNetworkChange() {
        link.handleNetworkChange(nowNanos);
        client.settle();
        server.settle();
    }

    @Override
    public String toString() {
        return "engine pair with seed " + network.seed() + " at " + Duration.ofNanos(nowNanos);
    }

    /** Collects what a pair is made of. Not for several threads at once. */
    public static final class Builder {
        private final List<Fault> faults = new ArrayList<>();
        private long seed;
        private NetworkConditions conditions = NetworkConditions.perfect();
        private FrameListener listener = (direction, frame, nowNanos) -> {};
        private QuicConfig clientQuic = QuicConfig.defaults();
        private QuicConfig serverQuic = QuicConfig.defaults();
        private Http3Config clientHttp3 = Http3Config.defaults();
        private Http3Config serverHttp3 = Http3Config.defaults();
        private Tampering tampering = Tampering.NONE;

        private Builder() {}

        /**
         * Where all chance of the network comes from. Default 0.
         *
         * @param seed any number
         * @return this
         */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * How the network carries what it is given, both ways. Default: at once and in order.
         *
         * @param conditions from the beginning
         * @return this
         */
        public Builder conditions(NetworkConditions conditions) {
            this.conditions = conditions;
            return this;
        }

        /**
         * Lets something go wrong from the beginning. Default: nothing.
         *
         * @param fault one more
         * @return this
         */
        public Builder fault(Fault fault) {
            faults.add(fault);
            return this;
        }

        /**
         * Who sees each frame that arrives, such as a trace. Default: nobody.
         *
         * @param listener the only one
         * @return this
         */
        public Builder listener(FrameListener listener) {
            this.listener = listener;
            return this;
        }

        /**
         * The transport settings of one end. Default: those of the core.
         *
         * @param end which
         * @param config windows, buffers, timeouts
         * @return this
         */
        public Builder quic(Perspective end, QuicConfig config) {
            if (end == Perspective.CLIENT) {
                clientQuic = config;
            } else {
                serverQuic = config;
            }
            return this;
        }

        /**
         * The HTTP/3 settings of one end. Default: those of the core.
         *
         * @param end which
         * @param config drafts, bounds, timeouts
         * @return this
         */
        public Builder http3(Perspective end, Http3Config config) {
            if (end == Perspective.CLIENT) {
                clientHttp3 = config;
            } else {
                serverHttp3 = config;
            }
            return this;
        }

        Builder tampering(Tampering mistakes) {
            this.tampering = mistakes;
            return this;
        }

        /**
         * Makes the pair and starts both engines.
         *
         * @return the pair
         */
        public EnginePair build() {
            return new EnginePair(this);
        }
    }
}
