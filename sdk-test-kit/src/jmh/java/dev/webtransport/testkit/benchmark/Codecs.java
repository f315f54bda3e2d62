package dev.webtransport.testkit.benchmark;

import dev.webtransport.codec.Capsule;
import dev.webtransport.codec.CapsuleReader;
import dev.webtransport.codec.CapsuleWriter;
import dev.webtransport.codec.FieldSection;
import dev.webtransport.codec.Http3Frame;
import dev.webtransport.codec.Http3FrameReader;
import dev.webtransport.codec.Http3FrameWriter;
import dev.webtransport.codec.StreamPreamble;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.wire.VarInt;
import dev.webtransport.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds that one item of each format takes, written or read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class Codecs {
    private static final int VARINTS = 64;
    private static final int MAX_SIZE = 64 << 10;
    private static final long SESSION = 4;

    private static final List<Map.Entry<String, String>> REQUEST = List.of(
            Map.entry(":method", "CONNECT"),
            Map.entry(":protocol", "webtransport-h3"),
            Map.entry(":scheme", "https"),
            Map.entry(":authority", "server.example:4433"),
            Map.entry(":path", "/chat?room=7"),
            Map.entry("origin", "https://www.example.com"),
            Map.entry("wt-available-protocols", "\"chat.v2\", \"chat.v1\""));

    private final ByteBuffer varInts = ByteBuffer.allocate(VARINTS * VarInt.MAX_SIZE);
    private final ByteBuffer written = ByteBuffer.allocate(VARINTS * VarInt.MAX_SIZE);
    private final ByteBuffer closeCapsule = CapsuleWriter.closeSession(CloseInfo.of(7, "that was all"));
    private final ByteBuffer request = FieldSection.encode(REQUEST);
    private final ByteBuffer headers = Http3FrameWriter.headers(request.duplicate());
    private final ByteBuffer preamble = StreamPreamble.bidirectional(SESSION);

    /** Numbers of all four sizes. */
    public Codecs() {
        for (int i = 0; i < VARINTS; i++) {
            VarInt.put(varInts, number(i));
        }
        varInts.flip();
    }

    private static long number(int i) {
        return 1L << (i * 61 / VARINTS);
    }

    /** Variable-length integers, written. */
    @Benchmark
    @OperationsPerInvocation(VARINTS)
    public ByteBuffer writeVarInts() {
        written.clear();
        for (int i = 0; i < VARINTS; i++) {
            VarInt.put(written, number(i));
        }
        return written;
    }

    /** Variable-length integers, read. */
    @Benchmark
    @OperationsPerInvocation(VARINTS)
    public long readVarInts() {
        WireReader reader = new WireReader(varInts.duplicate());
        long sum = 0;
        for (int i = 0; i < VARINTS; i++) {
            sum += reader.readVarInt();
        }
        return sum;
    }

    /** A capsule that closes a session, written. */
    @Benchmark
    public ByteBuffer writeCapsule() {
        return CapsuleWriter.closeSession(CloseInfo.of(7, "that was all"));
    }

    /** The same, read. */
    @Benchmark
    public Capsule readCapsule() throws ProtocolViolation {
        CapsuleReader reader = new CapsuleReader(MAX_SIZE);
        reader.feed(closeCapsule.duplicate());
        return reader.next();
    }

    /** The fields of a session request by QPACK, written. */
    @Benchmark
    public ByteBuffer writeFields() {
        return FieldSection.encode(REQUEST);
    }

    /** The same, read. */
    @Benchmark
    public List<Map.Entry<String, String>> readFields() throws ProtocolViolation {
        return FieldSection.decode(request.duplicate(), MAX_SIZE);
    }

    /** A HEADERS frame, read. */
    @Benchmark
    public Http3Frame readFrame() throws ProtocolViolation {
        Http3FrameReader reader = new Http3FrameReader(MAX_SIZE);
        reader.feed(headers.duplicate());
        return reader.next();
    }

    /** The preamble of a stream, written. */
    @Benchmark
    public ByteBuffer writePreamble() {
        return StreamPreamble.bidirectional(SESSION);
    }

    /** The same, read. */
    @Benchmark
    public StreamPreamble.Result readPreamble() throws ProtocolViolation {
        return StreamPreamble.ofBidirectional().parse(preamble.duplicate());
    }
}
