package dev.webtransport.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CloseInfoTest {
    @Test
    void a_code_is_an_unsigned_number_of_32_bits() {
        for (long code : new long[] {0, 1, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL}) {
            assertEquals(code, CloseInfo.of(code).code());
            assertEquals("", CloseInfo.of(code).reason());
        }
        for (long code : new long[] {-1, 0x1_0000_0000L, Long.MIN_VALUE, Long.MAX_VALUE}) {
            String message = assertThrows(IllegalArgumentException.class, () -> CloseInfo.of(code))
                    .getMessage();
            assertEquals("close code " + code + " is outside 0..4294967295", message);
        }
    }

    @Test
    void a_reason_has_1024_bytes_of_utf_8_at_most() {
        assertEquals(1024, CloseInfo.of(0, "a".repeat(1024)).reason().length());
        assertTooLong("a".repeat(1025), 1025);
        // Two, three and four bytes a character: the limit counts bytes.
        assertEquals(512, CloseInfo.of(0, "\u00fc".repeat(512)).reason().length());
        assertTooLong("\u00fc".repeat(512) + "a", 1025);
        assertEquals(342, CloseInfo.of(0, "\u20ac".repeat(341) + "a").reason().length());
        assertTooLong("\u20ac".repeat(342), 1026);
        assertEquals(512, CloseInfo.of(0, "\ud83d\ude00".repeat(256)).reason().length());
        assertTooLong("\ud83d\ude00".repeat(256) + "a", 1025);
    }

    @Test
    void a_reason_is_cut_between_two_characters() {
        String grin = "\ud83d\ude00";
        for (int ahead = 0; ahead < 4; ahead++) {
            String reason = "a".repeat(1020 + ahead) + grin + "b";
            String kept = CloseInfo.ofTruncated(7, reason).reason();
            assertEquals(ahead == 0 ? "a".repeat(1020) + grin : "a".repeat(1020 + ahead), kept);
        }
        assertEquals(
                "\u00fc".repeat(512),
                CloseInfo.ofTruncated(0, "\u00fc".repeat(600)).reason());
        assertEquals(
                "\u20ac".repeat(341),
                CloseInfo.ofTruncated(0, "\u20ac".repeat(600)).reason());
        assertEquals(
                grin.repeat(256), CloseInfo.ofTruncated(0, grin.repeat(600)).reason());
        assertEquals("short", CloseInfo.ofTruncated(3, "short").reason());
        assertEquals(3, CloseInfo.ofTruncated(3, "short").code());
        assertSame(CloseInfo.NORMAL, CloseInfo.ofTruncated(0, ""));
        // Nothing behind the cut is kept, even if it would fit.
        assertEquals(
                "a".repeat(1023),
                CloseInfo.ofTruncated(0, "a".repeat(1023) + "\u20ac" + "b").reason());
        assertEquals("\ufffda\ufffd", CloseInfo.ofTruncated(0, "\ude00a\ud83d").reason());
        assertThrows(IllegalArgumentException.class, () -> CloseInfo.ofTruncated(-1, ""));
    }

    @Test
    void half_of_a_surrogate_pair_has_no_utf_8() {
        for (String reason : new String[] {"\ud83d", "\ude00", "a\ud83d", "\ude00\ud83d", "\ud83da"}) {
            String message = assertThrows(IllegalArgumentException.class, () -> CloseInfo.of(0, reason))
                    .getMessage();
            assertTrue(message.contains("surrogate"), message);
        }
        assertEquals("\ud83d\ude00", CloseInfo.of(0, "\ud83d\ude00").reason());
    }

    @Test
    void code_zero_without_reason_is_the_normal_close() {
        assertSame(CloseInfo.NORMAL, CloseInfo.of(0));
        assertSame(CloseInfo.NORMAL, CloseInfo.of(0, ""));
        assertEquals(0, CloseInfo.NORMAL.code());
    }

    @Test
    void equality_goes_by_code_and_reason() {
        assertEquals(CloseInfo.of(7, "x"), CloseInfo.of(7, "x"));
        assertEquals(CloseInfo.of(7, "x").hashCode(), CloseInfo.of(7, "x").hashCode());
        assertNotEquals(CloseInfo.of(7, "x"), CloseInfo.of(8, "x"));
        assertNotEquals(CloseInfo.of(7, "x"), CloseInfo.of(7, "y"));
        assertEquals("code 7 \"x\"", CloseInfo.of(7, "x").toString());
        assertEquals("code 7", CloseInfo.of(7).toString());
    }

    private static void assertTooLong(String reason, int bytes) {
        String message = assertThrows(IllegalArgumentException.class, () -> CloseInfo.of(0, reason))
                .getMessage();
        assertEquals("close reason of " + bytes + " bytes is longer than 1024; shorten it", message);
    }
}
