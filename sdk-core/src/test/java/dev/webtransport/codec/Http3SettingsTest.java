package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.wire.WireWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http3SettingsTest {
    private static final String SETTINGS_ERROR = "CONNECTION H3_SETTINGS_ERROR (0x109)";

    private static String decode(String hex) {
        try {
            return Http3Settings.decode(Hex.buffer(hex)).toString();
        } catch (ProtocolViolation violation) {
            return Traces.violation(violation);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvFileSource(resources = "/vectors/settings.txt", delimiter = '|', maxCharsPerColumn = 10_000)
    void the_vectors_are_read_and_written(String name, String hex, String expected) throws ProtocolViolation {
        var stream = Hex.buffer(hex);
        StreamPreamble preamble = StreamPreamble.ofUnidirectional();
        assertEquals(StreamPreamble.Result.HTTP3, preamble.parse(stream));
        assertEquals(Http3StreamType.CONTROL, preamble.type());
        Map<Long, Long> values = new LinkedHashMap<>();
        for (String pair : expected.trim().split(" ")) {
            String[] parts = pair.split("=");
            values.put(Long.decode("0x" + parts[0]), Long.decode(parts[1]));
        }

        String frame = Hex.of(stream);
        assertEquals(frame, Hex.of(Http3FrameWriter.settings(values)));
        assertEquals(
                "SETTINGS " + Http3Settings.of(values) + "; end", Splits.everySplit(Hex.bytes(frame), Traces::frames));
    }

    @Test
    void values_are_found_by_identifier_and_keep_their_order() throws ProtocolViolation {
        Http3Settings settings = Http3Settings.decode(Hex.buffer("3301 ac7cf00001 0800"));

        assertEquals(1, settings.get(Http3Settings.SETTINGS_WT_ENABLED, 0));
        assertEquals(0, settings.get(Http3Settings.SETTINGS_ENABLE_CONNECT_PROTOCOL, 7));
        assertEquals(7, settings.get(Http3Settings.SETTINGS_WT_INITIAL_MAX_DATA, 7));
        assertTrue(settings.contains(Http3Settings.SETTINGS_H3_DATAGRAM));
        assertFalse(settings.contains(Http3Settings.SETTINGS_ENABLE_WEBTRANSPORT));
        assertEquals(
                List.of(0x33L, 0x2c7cf000L, 0x08L), List.copyOf(settings.asMap().keySet()));
        assertThrows(UnsupportedOperationException.class, () -> settings.asMap().put(1L, 1L));
        assertEquals(Http3Settings.of(Map.of(0x33L, 1L, 0x2c7cf000L, 1L, 0x08L, 0L)), settings);
    }

    //= rfc9114#7.2.4
    //# a setting that occurs twice may be treated as an error
    @ParameterizedTest
    @ValueSource(strings = {"3301 3301", "3301 403300", "4064 00 4064 00"})
    void a_setting_that_occurs_twice_is_an_error(String hex) {
        assertEquals(SETTINGS_ERROR, decode(hex));
    }

    //= rfc9114#7.2.4.1
    //# the identifiers of HTTP/2 settings without a counterpart here are an error when received
    @ParameterizedTest
    @ValueSource(strings = {"0000", "0201", "0300", "0400", "0500", "400200"})
    void an_identifier_of_http2_is_an_error(String hex) {
        assertEquals(SETTINGS_ERROR, decode(hex));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3302                | CONNECTION H3_SETTINGS_ERROR (0x109)",
                "0802                | CONNECTION H3_SETTINGS_ERROR (0x109)",
                "ab603742 02         | CONNECTION H3_SETTINGS_ERROR (0x109)",
                "33ffffffffffffffff  | CONNECTION H3_SETTINGS_ERROR (0x109)",
                "3300 0800           | '{setting 0x33=0, setting 0x8=0}'",
                "ab60374200          | '{setting 0x2b603742=0}'",
                "06ffffffffffffffff  | '{setting 0x6=4611686018427387903}'",
                "ac7cf00002          | '{setting 0x2c7cf000=2}'",
            })
    void switches_are_0_or_1(String hex, String expected) {
        assertEquals(expected, decode(hex));
    }

    @Test
    void more_settings_than_the_limit_are_refused() {
        WireWriter payload = new WireWriter();
        for (int i = 0; i < Http3Settings.MAX_COUNT; i++) {
            payload.varInt(0x1000 + i).varInt(i);
        }
        assertTrue(decode(Hex.of(payload.toByteBuffer())).startsWith("{setting 0x1000=0, "));
        payload.varInt(0x900).varInt(0);
        assertEquals("CONNECTION H3_EXCESSIVE_LOAD (0x107)", decode(Hex.of(payload.toByteBuffer())));
    }
}
