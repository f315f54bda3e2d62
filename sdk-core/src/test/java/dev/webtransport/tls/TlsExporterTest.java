package dev.webtransport.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors: an exporter_master_secret of the bytes 0 to 31, HKDF with SHA-256. */
class TlsExporterTest {
    private static final byte[] SECRET = counting(32);

    @Test
    void a_raw_context_gives_the_published_bytes() {
        byte[] exported = TlsExporter.of(SECRET).export("EXPORTER-WebTransport", bytes("context"), 42);
        assertEquals(
                "e2961d21ce698d91d9dc3dfeded350a2d601677364dbbbddcb2c3ab3b21b949beeeee353d40a02147577",
                HexFormat.of().formatHex(exported));
    }

    //= draft-ietf-webtrans-http3-16#4.8
    //# the session id as 64 bits, then label and context, each behind one byte for its length
    @ParameterizedTest
    @CsvSource({
        "0, app, context, 00000000000000000361707007636f6e74657874, 69ccb12ccb3030f1e5e8044cdedc03b799217484d6a1d0528e60c49522f08632",
        "0, '', '', 00000000000000000000, f6d094e3493f2007f8bee993304978ccf400faa32cc866c317c618c81f84c2cb",
        "4, app, '', 00000000000000040361707000, b3665dd890bf570850530a6217be766351c2ea860499a5c4a538a86fa54ab839",
        "4, app, context, 00000000000000040361707007636f6e74657874, c7cdf45a7ebe08c0d843f19d3d8ca202bacc3de98b333cddbbd5c4b84c9eaedc"
    })
    void session_label_and_context_give_the_bytes_of_the_vectors(
            long session, String label, String context, String structure, String output) {
        byte[] whole = SessionExporter.context(session, label, bytes(context), 32);
        assertEquals(structure, HexFormat.of().formatHex(whole));
        byte[] exported = TlsExporter.of(SECRET).export(SessionExporter.LABEL, whole, 32);
        assertEquals(output, HexFormat.of().formatHex(exported));
    }

    @Test
    void the_longest_export_has_255_rounds_of_the_hash() {
        TlsExporter sha256 = TlsExporter.of(SECRET);
        TlsExporter sha384 = TlsExporter.of(counting(48));
        assertEquals(8160, sha256.export("label", new byte[0], 8160).length);
        assertEquals(12240, sha384.export("label", new byte[0], 12240).length);
        assertEquals(1, sha384.export("label", new byte[0], 1).length);
        assertTrue(refusal(() -> sha256.export("label", new byte[0], 8161)).contains("8161"));
        assertTrue(refusal(() -> sha384.export("label", new byte[0], 12241)).contains("12240"));
        assertTrue(refusal(() -> sha256.export("label", new byte[0], 0)).contains("length is 0"));
        assertTrue(refusal(() -> sha256.export("label", new byte[0], -1)).contains("-1"));
    }

    @Test
    void every_round_differs_and_the_length_is_part_of_what_is_derived() {
        byte[] three = TlsExporter.of(SECRET).export("label", new byte[0], 96);
        assertFalse(Arrays.equals(Arrays.copyOf(three, 32), Arrays.copyOfRange(three, 32, 64)));
        assertFalse(
                Arrays.equals(Arrays.copyOf(three, 32), TlsExporter.of(SECRET).export("label", new byte[0], 32)));
    }

    @Test
    void the_hash_follows_the_length_of_the_secret_and_no_other_length_passes() {
        byte[] context = bytes("c");
        assertFalse(Arrays.equals(
                TlsExporter.of(SECRET).export("label", context, 32),
                TlsExporter.of(counting(48)).export("label", context, 32)));
        assertTrue(refusal(() -> TlsExporter.of(new byte[31])).contains("31"));
    }

    @Test
    void a_label_that_TLS_cannot_carry_is_refused() {
        TlsExporter exporter = TlsExporter.of(SECRET);
        assertEquals(8, exporter.export("x".repeat(249), new byte[0], 8).length);
        assertTrue(
                refusal(() -> exporter.export("x".repeat(250), new byte[0], 8)).contains("250"));
        assertTrue(refusal(() -> exporter.export("", new byte[0], 8)).contains("0 bytes"));
    }

    @Test
    void label_and_context_of_a_session_have_at_most_255_bytes() {
        byte[] longest =
                SessionExporter.context(1L << 61, "é".repeat(127) + "x", new byte[255], SessionExporter.MAX_LENGTH);
        assertEquals(8 + 1 + 255 + 1 + 255, longest.length);
        assertEquals((byte) 0xff, longest[8]);
        assertArrayEquals(new byte[] {0x20, 0, 0, 0, 0, 0, 0, 0}, Arrays.copyOf(longest, 8));
        String label = refusal(() -> SessionExporter.context(0, "é".repeat(128), new byte[0], 1));
        assertTrue(label.contains("label has 256 bytes") && label.contains("255"), label);
        String context = refusal(() -> SessionExporter.context(0, "", new byte[256], 1));
        assertTrue(context.contains("context has 256 bytes"), context);
        assertTrue(refusal(() -> SessionExporter.context(0, "", new byte[0], 0)).contains("length is 0"));
        assertTrue(
                refusal(() -> SessionExporter.context(0, "", new byte[0], 8161)).contains("8160"));
    }

    private static String refusal(Runnable call) {
        return assertThrows(IllegalArgumentException.class, call::run).getMessage();
    }

    private static byte[] counting(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
