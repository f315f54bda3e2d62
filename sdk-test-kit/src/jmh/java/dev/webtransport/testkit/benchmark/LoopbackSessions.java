package dev.webtransport.testkit.benchmark;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Sessions per second in memory: each is opened, has a stream of 64 bytes echoed, and is closed. Two threads, each with a client,
 * a server, a loopback and a virtual time of its own.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(2)
@Fork(1)
@Warmup(iterations = 10, time = 2)
@Measurement(iterations = 10, time = 2)
public class LoopbackSessions {
    private EchoWorld world;

    @Setup
    public void open() {
        world = new EchoWorld();
    }

    @TearDown
    public void close() {
        world.close();
    }

    /** QUIC, HTTP/3, the session and the stream, from nothing to nothing. */
    @Benchmark
    public int sessionsOnConnectionsOfTheirOwn() {
        return world.sessionOfItsOwn();
    }

    /** The session and the stream alone, by the draft that permits several sessions on a connection. */
    @Benchmark
    public int sessionsOnOneConnection() {
        return world.sessionOnSharedConnection();
    }
}
