package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.Headers;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectResponseTest {
    private static ConnectResponse parse(String text) throws ProtocolViolation {
        return ConnectResponse.parse(ConnectRequestTest.fields(text));
    }

    private static String frame(ConnectResponse response) {
        return Hex.of(Http3FrameWriter.headers(FieldSection.encode(response.toFields())));
    }

    @ParameterizedTest
    @CsvSource({
        "200, 01 03 0000d9",
        "403, 01 04 0000ff05",
        "404, 01 03 0000db",
        "405, 01 08 0000 5f09 03343035",
        "429, 01 08 0000 5f09 03343239",
    })
    void the_vectors_are_read_and_written(int status, String frame) throws ProtocolViolation {
        assertEquals(
                frame.replace(" ", ""), frame(ConnectResponse.builder(status).build()));
        ConnectResponse response =
                ConnectResponse.parse(FieldSection.decode(Hex.buffer(frame.substring("01 00 ".length())), 1000));
        assertEquals(status, response.status());
        assertEquals(status == 200, response.isAccepted());
    }

    @Test
    void the_vector_with_protocol_and_draft_02_is_read_and_written() throws ProtocolViolation {
        String section = "0000d9 270477742d70726f746f636f6c 03226222"
                + " 27157365632d7765627472616e73706f72742d68747470332d6472616674 07 64726166743032";
        ConnectResponse response =
                ConnectResponse.builder(200).protocol("b").draft02().build();

        assertEquals("013a" + section.replace(" ", ""), frame(response));
        ConnectResponse parsed = ConnectResponse.parse(FieldSection.decode(Hex.buffer(section), 1000));
        assertEquals(Optional.of("b"), parsed.protocol());
        assertTrue(parsed.isDraft02());
        assertTrue(parsed.headers().isEmpty());
    }

    @Test
    void the_parts_of_a_response_are_told_apart() throws ProtocolViolation {
        ConnectResponse response = parse(":status=103; server=x; wt-protocol=\"chat\"");
        assertTrue(response.isInterim());
        assertFalse(response.isAccepted());
        assertFalse(response.isDraft02());
        assertEquals(Optional.of("x"), response.headers().first("server"));
        assertEquals(Optional.of("chat"), response.protocol());
        assertFalse(parse(":status=302; location=/; content-length=5; content-type=text/html")
                .isAccepted());
        assertEquals(Optional.empty(), parse(":status=200").protocol());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "\"a\", \"b\"", "1", "\"a", "(\"a\")", ""})
    void a_protocol_that_is_no_string_counts_as_absent(String value) throws ProtocolViolation {
        assertEquals(
                Optional.empty(), parse(":status=200; wt-protocol=" + value).protocol());
    }

    @Test
    void two_fields_with_a_protocol_count_as_none() throws ProtocolViolation {
        assertEquals(
                Optional.empty(),
                parse(":status=200; wt-protocol=\"a\"; wt-protocol=\"a\"").protocol());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x=1",
                ":status=",
                ":status=20",
                ":status=2000",
                ":status=+20",
                ":status=099",
                ":status=abc",
                ":status=101",
                ":status=204",
                ":status=205",
                ":status=206",
                ":status=200; :status=200",
                ":status=200; :path=/",
                "x=1; :status=200",
                ":status=200; X=1",
                ":status=200; connection=close",
                ":status=200; content-length=0",
                ":status=200; content-type=text/plain",
                ":status=200; transfer-encoding=chunked",
                ":status=٢٠٠"
            })
    void a_malformed_response_is_a_message_error_of_its_stream(String text) {
        ProtocolViolation violation = assertThrows(ProtocolViolation.class, () -> parse(text));
        assertEquals("STREAM H3_MESSAGE_ERROR (0x10e)", Traces.violation(violation));
    }

    @Test
    void a_response_that_would_be_malformed_cannot_be_built() {
        for (int status : new int[] {0, 99, 101, 204, 205, 206, 600}) {
            assertThrows(IllegalArgumentException.class, () -> ConnectResponse.builder(status));
        }
        ConnectResponse.Builder accepted = ConnectResponse.builder(200);
        assertThrows(IllegalArgumentException.class, () -> accepted.protocol("é"));
        assertThrows(IllegalArgumentException.class, () -> accepted.headers(Headers.of(Map.of("wt-protocol", "x"))));
        assertThrows(IllegalArgumentException.class, () -> accepted.headers(Headers.of(Map.of("content-length", "0"))));
        Headers contentType = Headers.of(Map.of("content-type", "text/plain"));
        assertEquals(
                contentType,
                ConnectResponse.builder(404).headers(contentType).build().headers());
    }

    @Test
    void a_response_survives_its_own_fields() throws ProtocolViolation {
        ConnectResponse response = ConnectResponse.builder(299)
                .protocol("a\"\\b")
                .headers(Headers.builder().add("x", "1").add("x", "2").build())
                .draft02()
                .build();
        assertEquals(
                response.toFields(),
                ConnectResponse.parse(FieldSection.decode(FieldSection.encode(response.toFields()), 1000))
                        .toFields());
    }
}
