package dev.webtransport.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** draft-ietf-webtrans-http3-16, section 4.4. */
class ApplicationErrorCodeTest {
    private static final long FIRST = 0x52e4a40fa8dbL;
    private static final long LAST = 0x52e5ac983162L;

    @ParameterizedTest
    @CsvSource({
        "0, 0x52e4a40fa8db",
        "1, 0x52e4a40fa8dc",
        "28, 0x52e4a40fa8f7",
        "29, 0x52e4a40fa8f8",
        "30, 0x52e4a40fa8fa",
        "31, 0x52e4a40fa8fb",
        "42, 0x52e4a40fa906",
        "59, 0x52e4a40fa917",
        "60, 0x52e4a40fa919",
        "255, 0x52e4a40fa9e2",
        "256, 0x52e4a40fa9e3",
        "1000, 0x52e4a40face4",
        "65535, 0x52e4a410b162",
        "0x12345678, 0x52e4b6df578a",
        "0x7fffffff, 0x52e52853ed1e",
        "0x80000000, 0x52e52853ed1f",
        "0xfffffffe, 0x52e5ac983161",
        "0xffffffff, 0x52e5ac983162",
    })
    void a_code_has_its_place_on_the_wire(String code, String wireCode) {
        assertEquals(Long.decode(wireCode), ApplicationErrorCode.toHttp3(Long.decode(code)));
        assertEquals(OptionalLong.of(Long.decode(code)), ApplicationErrorCode.fromHttp3(Long.decode(wireCode)));
    }

    @Test
    void the_ends_of_the_range_in_decimal() {
        assertEquals(91_141_958_510_811L, ApplicationErrorCode.toHttp3(0));
        assertEquals(91_146_396_643_682L, ApplicationErrorCode.toHttp3(ApplicationErrorCode.MAX));
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0x52e4a40fa8daL,
                0x52e5ac983163L,
                0x52e4a40fa8f9L,
                0x52e4a40fa918L,
                0x52e4a40fa937L,
                0x52e4a40fa956L,
                0x100,
                0x10c,
                0x170d7b68,
                0,
                -1,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                (1L << 62) - 1
            })
    void a_wire_code_outside_the_range_or_reserved_has_no_mapping(long wireCode) {
        assertEquals(OptionalLong.empty(), ApplicationErrorCode.fromHttp3(wireCode));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0x1_0000_0000L, Long.MIN_VALUE, Long.MAX_VALUE})
    void a_code_of_more_than_32_bits_is_refused(long code) {
        String message = assertThrows(IllegalArgumentException.class, () -> ApplicationErrorCode.toHttp3(code))
                .getMessage();
        assertEquals("stream error code " + code + " is outside 0..4294967295", message);
    }

    @Test
    void every_code_comes_back_and_none_is_reserved_on_its_way() {
        Random random = seeded();
        for (int i = 0; i < 100_000; i++) {
            long code = random.nextInt() & 0xffff_ffffL;
            long wireCode = ApplicationErrorCode.toHttp3(code);
            assertTrue(wireCode >= FIRST && wireCode <= LAST, () -> Long.toHexString(wireCode));
            assertNotEquals(0x21 % 0x1f, wireCode % 0x1f, () -> Long.toHexString(wireCode));
            assertEquals(OptionalLong.of(code), ApplicationErrorCode.fromHttp3(wireCode));
        }
    }

    @Test
    void every_wire_code_of_the_range_is_reserved_or_comes_back() {
        Random random = seeded();
        for (int i = 0; i < 100_000; i++) {
            long wireCode = FIRST + (long) (random.nextDouble() * (LAST - FIRST + 1));
            OptionalLong code = ApplicationErrorCode.fromHttp3(wireCode);
            if (wireCode % 0x1f == 0x21 % 0x1f) {
                assertEquals(OptionalLong.empty(), code);
            } else {
                assertEquals(wireCode, ApplicationErrorCode.toHttp3(code.orElseThrow()));
            }
        }
    }

    private static Random seeded() {
        long seed = System.nanoTime();
        System.out.println("ApplicationErrorCodeTest seed " + seed);
        return new Random(seed);
    }
}
