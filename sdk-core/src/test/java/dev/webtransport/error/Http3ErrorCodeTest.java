package dev.webtransport.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Http3ErrorCodeTest {
    @ParameterizedTest
    @CsvSource({
        "0x33, H3_DATAGRAM_ERROR",
        "0x100, H3_NO_ERROR",
        "0x101, H3_GENERAL_PROTOCOL_ERROR",
        "0x102, H3_INTERNAL_ERROR",
        "0x103, H3_STREAM_CREATION_ERROR",
        "0x104, H3_CLOSED_CRITICAL_STREAM",
        "0x105, H3_FRAME_UNEXPECTED",
        "0x106, H3_FRAME_ERROR",
        "0x107, H3_EXCESSIVE_LOAD",
        "0x108, H3_ID_ERROR",
        "0x109, H3_SETTINGS_ERROR",
        "0x10a, H3_MISSING_SETTINGS",
        "0x10b, H3_REQUEST_REJECTED",
        "0x10c, H3_REQUEST_CANCELLED",
        "0x10d, H3_REQUEST_INCOMPLETE",
        "0x10e, H3_MESSAGE_ERROR",
        "0x10f, H3_CONNECT_ERROR",
        "0x110, H3_VERSION_FALLBACK",
        "0x200, QPACK_DECOMPRESSION_FAILED",
        "0x201, QPACK_ENCODER_STREAM_ERROR",
        "0x202, QPACK_DECODER_STREAM_ERROR",
        "0x3994bd84, WT_BUFFERED_STREAM_REJECTED",
        "0x170d7b68, WT_SESSION_GONE",
        "0x45d4487, WT_FLOW_CONTROL_ERROR",
        "0x817b3dd, WT_ALPN_ERROR",
        "0x212c0d48, WT_REQUIREMENTS_NOT_MET",
    })
    void a_registered_code_is_written_with_its_name(String number, String name) {
        assertEquals(name + " (" + number + ")", Http3ErrorCode.describe(Long.decode(number)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0x0",
        "0x32, 0x32",
        "0x111, 0x111",
        "0x52e4a40fa8db, 0x52e4a40fa8db",
        // A code whose lower half is that of a registered one is another code.
        "0x100000100, 0x100000100",
        "-1, 0xffffffffffffffff",
    })
    void another_code_is_written_as_a_number(String number, String text) {
        assertEquals(text, Http3ErrorCode.describe(Long.decode(number)));
    }

    @Test
    void every_constant_is_described_by_its_own_name_and_no_two_are_the_same() throws Exception {
        Map<Long, String> seen = new HashMap<>();
        for (Field field : Http3ErrorCode.class.getDeclaredFields()) {
            // Coverage tools add fields that are synthetic.
            if (!Modifier.isPublic(field.getModifiers()) || field.isSynthetic()) {
                continue;
            }
            long code = field.getLong(null);
            assertEquals(null, seen.put(code, field.getName()), field.getName());
            assertTrue(Http3ErrorCode.describe(code).startsWith(field.getName() + " ("), field.getName());
        }
        assertEquals(26, seen.size());
    }
}
