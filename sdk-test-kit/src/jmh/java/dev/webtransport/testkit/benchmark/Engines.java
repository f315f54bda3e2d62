package dev.webtransport.testkit.benchmark;

import dev.webtransport.testkit.engine.EnginePair;
import dev.webtransport.testkit.engine.EngineStream;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Two HTTP/3 engines with nothing but a simulated QUIC between them: what the protocol costs without sockets, threads or
 * coroutines. The simulation is part of what is measured.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class Engines {
    private static final int STREAMS = 100;
    private static final int MESSAGE = 64;

    private final ByteBuffer message = ByteBuffer.allocate(MESSAGE);

    /** From nothing to a session, and its close. */
    @Benchmark
    public EnginePair session() {
        EnginePair pair = EnginePair.create();
        pair.client().close(pair.openSession(), CloseInfo.NORMAL);
        pair.drive();
        return pair;
    }

    /** The same with a hundred streams of 64 bytes between, all at once. */
    @Benchmark
    public long sessionWithStreams() {
        EnginePair pair = EnginePair.create();
        long session = pair.openSession();
        long received = 0;
        for (int i = 0; i < STREAMS; i++) {
            EngineStream stream = pair.client().openStream(session, StreamType.BIDIRECTIONAL);
            stream.write(message.duplicate());
            stream.finish();
        }
        pair.drive();
        for (EngineStream stream : pair.server().streams()) {
            received += stream.read(MESSAGE).length;
        }
        if (received != STREAMS * MESSAGE) {
            throw new IllegalStateException("received " + received + " bytes, not " + STREAMS * MESSAGE);
        }
        pair.client().close(session, CloseInfo.NORMAL);
        pair.drive();
        return received;
    }
}
