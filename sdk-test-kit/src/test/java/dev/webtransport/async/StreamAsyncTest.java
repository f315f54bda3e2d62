package dev.webtransport.async;

import static dev.webtransport.async.Outcome.failureOf;
import static dev.webtransport.async.Outcome.of;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.QuicConfig;
import dev.webtransport.error.StreamStoppedException;
import dev.webtransport.value.Initiator;
import dev.webtransport.value.StreamType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole pieces of streams, in memory and on real threads. */
@DisplayName("reads and writes of whole pieces in the Java API")
final class StreamAsyncTest {
    private Peers peers;
    private AsyncSendStream sending;
    private AsyncReceiveStream receiving;

    @BeforeEach
    void openStream() throws Exception {
        // Narrow, so that much that is written waits, and much that is read arrives in pieces.
        peers = new LoopbackAsyncTest()
                .peers(QuicConfig.builder()
                        .maxData(64 << 10)
                        .maxStreamData(32 << 10)
                        .sendBufferSize(8192)
                        .build());
        Peers.Pair pair = peers.sessions();
        sending = of(pair.client().createUnidirectionalStream());
        of(sending.write(new byte[1]));
        receiving = of(pair.server().acceptUnidirectionalStream()).orElseThrow();
        assertArrayEquals(new byte[1], of(receiving.read(1)).orElseThrow());
    }

    @AfterEach
    void closePeers() throws Exception {
        peers.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void reads_of_different_kinds_go_on_where_the_one_before_stopped() throws Exception {
        of(sending.write(bytes("head\r\n1234tail;reföst\nlast")));
        of(sending.finish());
        assertEquals(Optional.of("head"), of(receiving.readLine(10)));
        assertEquals("1234", text(of(receiving.readExactly(4))));
        assertEquals("tail;", text(of(receiving.readUntil(bytes(";"), 5)).orElseThrow()));
        ByteBuffer dst = ByteBuffer.allocate(2);
        assertEquals(2, of(receiving.read(dst)));
        assertArrayEquals(bytes("re"), dst.array());
        assertEquals("f", text(of(receiving.read(1)).orElseThrow()));
        assertEquals(Optional.of("öst"), of(receiving.readLine(10)));
        assertTrue(receiving.isReadable());
        assertEquals(Optional.of("last"), of(receiving.readLine(10)));
        assertFalse(receiving.isReadable());
        assertEquals(Optional.empty(), of(receiving.readLine(10)));
        assertEquals(Optional.empty(), of(receiving.readUntil(bytes(";"), 5)));
        assertEquals(Optional.empty(), of(receiving.read(10)));
        assertEquals(-1, of(receiving.read(ByteBuffer.allocate(1))));
        assertEquals(0, of(receiving.readAll(0)).length);
    }

    @Test
    void a_limit_a_timeout_and_an_early_end_leave_every_byte() throws Exception {
        of(sending.write(bytes("01234")));
        failureOf(IllegalStateException.class, receiving.readLine(4));
        failureOf(IllegalStateException.class, receiving.readUntil(bytes("45"), 5));
        failureOf(TimeoutException.class, receiving.readExactly(6).orTimeout(1, TimeUnit.MILLISECONDS));
        failureOf(TimeoutException.class, receiving.readAll(10).orTimeout(1, TimeUnit.MILLISECONDS));
        of(sending.finish());
        failureOf(IllegalStateException.class, receiving.readAll(4));
        failureOf(EOFException.class, receiving.readExactly(6));
        failureOf(EOFException.class, receiving.readUntil(bytes(";"), 10));
        assertEquals("01234", text(of(receiving.readAll(5))));
    }

    @Test
    void arguments_without_sense_are_told_through_the_future() throws Exception {
        failureOf(IllegalArgumentException.class, receiving.read(0));
        failureOf(IllegalArgumentException.class, receiving.readAll(-1));
        failureOf(IllegalArgumentException.class, receiving.readExactly(-1));
        failureOf(IllegalArgumentException.class, receiving.readLine(0));
        failureOf(IllegalArgumentException.class, receiving.readUntil(new byte[0], 1));
        failureOf(IllegalArgumentException.class, sending.writeAll(Path.of("any"), 0, told -> {}));
        of(sending.finish());
        assertEquals(0, of(receiving.readAll(0)).length);
    }

    @Test
    void one_read_at_a_time_whatever_its_kind() throws Exception {
        CompletableFuture<Optional<String>> waiting = receiving.readLine(10);
        failureOf(IllegalStateException.class, receiving.readExactly(1));
        failureOf(IllegalStateException.class, receiving.read(ByteBuffer.allocate(1)));
        of(sending.write(bytes("x\n")));
        assertEquals(Optional.of("x"), of(waiting));
        CompletableFuture<byte[]> stopped = receiving.readAll(10);
        receiving.stopSending(1);
        failureOf(IllegalStateException.class, stopped);
        assertFalse(receiving.isReadable());
        failureOf(IllegalStateException.class, receiving.readExactly(1));
    }

    @Test
    void reads_of_all_kinds_that_are_cancelled_at_any_moment_lose_and_repeat_nothing() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] data = new byte[1 << 18];
        random.nextBytes(data);
        CompletableFuture<Void> finishing = sending.writeAll(data, told -> {}).thenCompose(written -> sending.finish());
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        while (seen.size() < data.length) {
            int most = Math.min(1 + random.nextInt(20_000), data.length - seen.size());
            byte[] next = {data[seen.size() + most - 1]};
            CompletableFuture<?> reading =
                    switch (random.nextInt(3)) {
                        case 0 -> receiving.readExactly(most);
                        case 1 -> receiving.read(most);
                        default -> receiving.readUntil(next, most);
                    };
            for (int turns = random.nextInt(3); turns > 0; turns--) {
                Thread.yield();
            }
            if (random.nextBoolean() || !reading.cancel(false)) {
                Object taken = of(reading);
                seen.write(taken instanceof Optional<?> some ? (byte[]) some.orElseThrow() : (byte[]) taken);
            }
        }
        of(finishing);
        assertArrayEquals(data, seen.toByteArray(), "seed " + seed);
        assertEquals(-1, of(receiving.read(ByteBuffer.allocate(1))), "seed " + seed);
    }

    @Test
    void a_file_and_a_channel_arrive_whole_and_only_finish_ends_the_stream(@TempDir Path directory) throws Exception {
        byte[] data = new byte[200_000];
        new Random(5).nextBytes(data);
        Path file = Files.write(directory.resolve("data"), data);
        CompletableFuture<byte[]> all = receiving.readExactly(3 * data.length);
        List<Long> told = new ArrayList<>();
        assertEquals(data.length, of(sending.writeAll(file, 150_000, told::add)));
        assertEquals(List.of(150_000L, 200_000L), told);
        assertEquals(data.length, of(sending.writeAll(file)));
        assertEquals(data.length, of(sending.writeAll(Channels.newChannel(new ByteArrayInputStream(data)))));
        byte[] seen = of(all);
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(data, Arrays.copyOfRange(seen, i * data.length, (i + 1) * data.length));
        }
        assertTrue(sending.isWritable());
        failureOf(NoSuchFileException.class, sending.writeAll(directory.resolve("none")));
        of(sending.finish());
        assertFalse(sending.isWritable());
        assertEquals(0, of(receiving.readAll(0)).length);
    }

    @Test
    void a_channel_that_blocks_is_woken_by_cancellation_and_cut_data_never_looks_whole() throws Exception {
        Pipe pipe = Pipe.open();
        pipe.sink().write(ByteBuffer.wrap(bytes("ab")));
        CompletableFuture<Long> told = new CompletableFuture<>();
        CompletableFuture<Long> writing = sending.writeAll(pipe.source(), 10, told::complete);
        assertEquals(2, of(told));
        failureOf(IllegalStateException.class, sending.writeAll(pipe.source()));
        assertTrue(writing.cancel(false));
        failureOf(IllegalStateException.class, sending.finish());
        pipe.sink().close();
        pipe.source().close();
        assertEquals("ab", text(of(receiving.readExactly(2))));
        sending.reset(4);
    }

    @Test
    void a_peer_that_has_stopped_reading_ends_the_sending_of_much() throws Exception {
        CompletableFuture<Long> writing = sending.writeAll(new byte[1 << 20], told -> {});
        receiving.stopSending(9);
        failureOf(StreamStoppedException.class, writing);
        assertFalse(sending.isWritable());
    }

    @Test
    void direction_and_initiator_are_told_by_both_ends() {
        assertEquals(StreamType.UNIDIRECTIONAL, sending.direction());
        assertEquals(StreamType.UNIDIRECTIONAL, receiving.direction());
        assertEquals(Initiator.LOCAL, sending.initiator());
        assertEquals(Initiator.REMOTE, receiving.initiator());
    }
}
