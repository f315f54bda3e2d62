package dev.webtransport.netty;

import static dev.webtransport.netty.Frames.frames;
import static dev.webtransport.netty.Frames.stopSending;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class FrameScannerTest {
    private static final long LARGEST = (1L << 62) - 1;

    static Stream<Arguments> frames_that_end() {
        return Stream.of(
                Arguments.of("PADDING", frames().bytes(0, 0, 0).build()),
                Arguments.of("PING", frames().bytes(0x01).build()),
                Arguments.of(
                        "ACK",
                        frames().bytes(0x02)
                                .varInts(1_000_000, 70, 2, 5, 1, 2, 300, 4)
                                .build()),
                Arguments.of(
                        "ACK with ECN counts",
                        frames().bytes(0x03)
                                .varInts(90, 70, 1, 5, 1, 2, 7, 8, LARGEST)
                                .build()),
                Arguments.of(
                        "RESET_STREAM",
                        frames().bytes(0x04).varInts(5, LARGEST, 5).build()),
                Arguments.of(
                        "CRYPTO",
                        frames().bytes(0x06).varInts(5, 70).filling(70).build()),
                Arguments.of(
                        "NEW_TOKEN", frames().bytes(0x07).varInts(9).filling(9).build()),
                Arguments.of(
                        "STREAM with length",
                        frames().bytes(0x0a).varInts(5, 9).filling(9).build()),
                Arguments.of(
                        "STREAM with offset, length and FIN",
                        frames().bytes(0x0f)
                                .varInts(5, LARGEST, 900)
                                .filling(900)
                                .build()),
                Arguments.of("MAX_DATA", frames().bytes(0x10).varInts(LARGEST).build()),
                Arguments.of(
                        "MAX_STREAM_DATA",
                        frames().bytes(0x11).varInts(5, LARGEST).build()),
                Arguments.of(
                        "MAX_STREAMS",
                        frames().bytes(0x12).varInts(5).bytes(0x13).varInts(5).build()),
                Arguments.of(
                        "DATA_BLOCKED", frames().bytes(0x14).varInts(70_000).build()),
                Arguments.of(
                        "STREAM_DATA_BLOCKED",
                        frames().bytes(0x15).varInts(5, 5).build()),
                Arguments.of(
                        "STREAMS_BLOCKED",
                        frames().bytes(0x16).varInts(5).bytes(0x17).varInts(5).build()),
                Arguments.of(
                        "NEW_CONNECTION_ID",
                        frames().bytes(0x18)
                                .varInts(5, 5)
                                .bytes(20)
                                .filling(20 + 16)
                                .build()),
                Arguments.of(
                        "RETIRE_CONNECTION_ID",
                        frames().bytes(0x19).varInts(500).build()),
                Arguments.of("PATH_CHALLENGE", frames().bytes(0x1a).filling(8).build()),
                Arguments.of("PATH_RESPONSE", frames().bytes(0x1b).filling(8).build()),
                Arguments.of(
                        "CONNECTION_CLOSE",
                        frames().bytes(0x1c).varInts(5, 5, 5).filling(5).build()),
                Arguments.of(
                        "CONNECTION_CLOSE of the application",
                        frames().bytes(0x1d).varInts(5, 5).filling(5).build()),
                Arguments.of("HANDSHAKE_DONE", frames().bytes(0x1e).build()),
                Arguments.of(
                        "DATAGRAM with length",
                        frames().bytes(0x31).varInts(100).filling(100).build()));
    }

    static Stream<Arguments> frames_to_the_end() {
        return Stream.of(
                Arguments.of("STREAM", frames().bytes(0x08).varInts(5).build()),
                Arguments.of(
                        "STREAM with offset and FIN",
                        frames().bytes(0x0d).varInts(5, 5).build()),
                Arguments.of("DATAGRAM", frames().bytes(0x30).build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames_that_end")
    void stop_sending_is_found_behind_every_frame_that_has_an_end(String name, byte[] frame) {
        byte[] payload =
                frames().then(frame).then(stopSending(13, LARGEST)).then(frame).build();
        assertEquals(List.of(13L, LARGEST), found(payload, FrameScanner.Outcome.STOP_SENDING));
        assertEquals(FrameScanner.Outcome.STOP_SENDING, FrameScanner.scan(FrameBytes.of(payload), null));
        assertEquals(List.of(), found(frame, FrameScanner.Outcome.NONE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames_that_end")
    void a_frame_that_is_cut_short_is_malformed(String name, byte[] frame) {
        if (name.equals("PADDING") || name.equals("MAX_STREAMS") || name.equals("STREAMS_BLOCKED")) {
            return; // a part of several frames may be whole
        }
        for (int length = 1; length < frame.length; length++) {
            byte[] part = java.util.Arrays.copyOf(frame, length);
            assertEquals(List.of(), found(part, FrameScanner.Outcome.MALFORMED), "cut to " + length);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("frames_to_the_end")
    void what_looks_like_stop_sending_inside_data_is_data(String name, byte[] frame) {
        byte[] payload = frames().then(frame).then(stopSending(4, 4)).build();
        assertEquals(List.of(), found(payload, FrameScanner.Outcome.NONE));
    }

    @Test
    void several_stop_sending_frames_are_all_found() {
        byte[] payload = frames().then(stopSending(0, 0))
                .then(stopSending(4, 7))
                .bytes(0x01)
                .then(stopSending(8, 1L << 40))
                .build();
        assertEquals(List.of(0L, 0L, 4L, 7L, 8L, 1L << 40), found(payload, FrameScanner.Outcome.STOP_SENDING));
    }

    @Test
    void an_unknown_frame_hides_what_follows_but_not_what_came_before() {
        byte[] hidden = frames().bytes(0x40, 0xaf).then(stopSending(4, 7)).build();
        assertEquals(List.of(), found(hidden, FrameScanner.Outcome.UNKNOWN_FRAME));
        byte[] before = frames().then(stopSending(4, 7))
                .bytes(0x1f)
                .then(stopSending(8, 7))
                .build();
        assertEquals(List.of(4L, 7L), found(before, FrameScanner.Outcome.STOP_SENDING));
    }

    @Test
    void a_stop_sending_that_is_cut_short_is_not_reported() {
        byte[] whole = stopSending(70, LARGEST);
        for (int length = 1; length < whole.length; length++) {
            assertEquals(List.of(), found(java.util.Arrays.copyOf(whole, length), FrameScanner.Outcome.MALFORMED));
        }
    }

    @Test
    void a_count_of_acknowledged_ranges_that_lies_ends_with_the_payload() {
        byte[] payload =
                frames().bytes(0x02).varInts(5, 5, LARGEST, 5).filling(1_200).build();
        assertEquals(List.of(), found(payload, FrameScanner.Outcome.MALFORMED));
    }

    @Test
    void an_empty_payload_has_no_frames() {
        assertEquals(List.of(), found(new byte[0], FrameScanner.Outcome.NONE));
    }

    @Test
    void random_bytes_never_throw_and_both_ways_of_walking_agree() {
        long seed = System.nanoTime();
        System.out.println("FrameScannerTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 50_000; round++) {
            byte[] payload = new byte[random.nextInt(60)];
            random.nextBytes(payload);
            for (int i = 0; i < payload.length; i++) {
                if (random.nextInt(3) == 0) {
                    payload[i] &= 0x1f; // known frame types and short lengths
                }
            }
            checkAnyBytes(payload);
        }
    }

    /** What holds for all bytes: also the target of the fuzzer. */
    static void checkAnyBytes(byte[] payload) {
        List<Long> found = new ArrayList<>();
        FrameScanner.Outcome all = FrameScanner.scan(FrameBytes.of(payload), (id, code) -> {
            found.add(id);
            found.add(code);
        });
        assertEquals(all, FrameScanner.scan(FrameBytes.of(payload), null));
        assertEquals(found.isEmpty(), all != FrameScanner.Outcome.STOP_SENDING);
        for (long value : found) {
            assertNotEquals(true, value < 0 || value > LARGEST);
        }
    }

    private static List<Long> found(byte[] payload, FrameScanner.Outcome expected) {
        List<Long> found = new ArrayList<>();
        assertEquals(expected, FrameScanner.scan(FrameBytes.of(payload), (id, code) -> {
            found.add(id);
            found.add(code);
        }));
        return found;
    }
}
