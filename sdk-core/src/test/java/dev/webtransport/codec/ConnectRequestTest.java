package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectRequestTest {
    private static final String MINIMAL =
            ":method=CONNECT; :protocol=webtransport-h3; :scheme=https;" + " :authority=example.com; :path=/wt";
    private static final String MALFORMED = "STREAM H3_MESSAGE_ERROR (0x10e)";

    static List<Map.Entry<String, String>> fields(String text) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (String field : text.split(";")) {
            if (!field.isBlank()) {
                int equals = field.indexOf('=', 1);
                fields.add(Map.entry(field.substring(0, equals).stripLeading(), field.substring(equals + 1)));
            }
        }
        return fields;
    }

    private static ConnectRequest connect(String text) throws ProtocolViolation {
        return assertInstanceOf(ConnectRequest.class, ConnectRequest.parse(fields(text)));
    }

    private static String parse(String text) {
        try {
            IncomingRequest request = ConnectRequest.parse(fields(text));
            return request.getClass().getSimpleName() + " " + request;
        } catch (ProtocolViolation violation) {
            return Traces.violation(violation);
        }
    }

    private static String frame(ConnectRequest request) {
        return Hex.of(Http3FrameWriter.headers(FieldSection.encode(request.toFields())));
    }

    @Test
    void the_vector_of_draft_16_is_read_and_written() throws ProtocolViolation {
        String frame = "01 4068 0000 cf 27023a70726f746f636f6c 0f7765627472616e73706f72742d6833 d7"
                + " 500b6578616d706c652e636f6d 51032f7774 5f4b1368747470733a2f2f6578616d706c652e636f6d"
                + " 270f77742d617661696c61626c652d70726f746f636f6c73 082261222c20226222";
        ConnectRequest request = ConnectRequest.builder("example.com", "/wt")
                .origin("https://example.com")
                .offeredProtocols(List.of("a", "b"))
                .build();

        assertEquals(frame.replace(" ", ""), frame(request));
        assertEquals(request.toFields(), readBack(frame).toFields());
        assertEquals(List.of("a", "b"), readBack(frame).offeredProtocols());
    }

    @Test
    void the_vector_of_draft_02_is_read_and_written() throws ProtocolViolation {
        String frame = "01 4066 0000 cf 27023a70726f746f636f6c 0c7765627472616e73706f7274 d7"
                + " 500b6578616d706c652e636f6d 51032f7774 5f4b1368747470733a2f2f6578616d706c652e636f6d"
                + " 27177365632d7765627472616e73706f72742d68747470332d64726166743032 0131";
        ConnectRequest request = ConnectRequest.builder("example.com", "/wt")
                .protocolToken(ConnectRequest.PROTOCOL_WEBTRANSPORT)
                .origin("https://example.com")
                .draft02()
                .build();

        assertEquals(frame.replace(" ", ""), frame(request));
        assertEquals(request.toFields(), readBack(frame).toFields());
        assertTrue(readBack(frame).isDraft02());
    }

    private static ConnectRequest readBack(String frame) throws ProtocolViolation {
        Http3FrameReader reader = new Http3FrameReader(1000);
        reader.feed(Hex.buffer(frame));
        Http3Frame.Headers headers = assertInstanceOf(Http3Frame.Headers.class, reader.next());
        return assertInstanceOf(
                ConnectRequest.class, ConnectRequest.parse(FieldSection.decode(headers.fieldSection(), 10_000)));
    }

    @Test
    void the_parts_of_a_request_are_told_apart() throws ProtocolViolation {
        ConnectRequest request = connect(MINIMAL + "; user-agent=x; origin=https://a.example; x=1; x= 2\t;"
                + " wt-available-protocols=\"a\";  wt-available-protocols=\"b\", \"c\"; te=trailers");

        assertEquals("example.com", request.authority());
        assertEquals("/wt", request.path());
        assertEquals("https", request.scheme());
        assertEquals("webtransport-h3", request.protocolToken());
        assertEquals(Optional.of("https://a.example"), request.origin());
        assertEquals(List.of("a", "b", "c"), request.offeredProtocols());
        assertEquals(List.of("1", "2"), request.headers().all("x"));
        assertEquals(Optional.empty(), request.headers().first("origin"));
        assertFalse(request.isDraft02());
        assertEquals("CONNECT webtransport-h3 https://example.com/wt", request.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "\"a\", b", "\"a\",", "(\"a\")", "1", "\"a"})
    void offered_protocols_that_are_no_list_of_strings_count_as_absent(String value) throws ProtocolViolation {
        assertEquals(
                List.of(),
                connect(MINIMAL + "; wt-available-protocols=" + value).offeredProtocols());
    }

    @ParameterizedTest
    @CsvSource({"1, true", "0, false", "11, false"})
    void the_header_of_draft_02_says_1(String value, boolean expected) throws ProtocolViolation {
        assertEquals(
                expected,
                connect(MINIMAL + "; sec-webtransport-http3-draft02=" + value).isDraft02());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ":method=GET; :scheme=https; :authority=a; :path=/x                           | Other GET /x",
                ":method=GET; :scheme=https; :path=/; host=a; content-length=0                | Other GET /",
                ":method=OPTIONS; :scheme=https; :authority=a; :path=*                        | Other OPTIONS *",
                ":method=CONNECT; :authority=a:443                                            | 'Other CONNECT '",
                ":method=CONNECT; :protocol=websocket; :scheme=https; :authority=a; :path=/   | Other CONNECT websocket /",
                ":method=CONNECT; :protocol=WebTransport; :scheme=https; :authority=a; :path=/| Other CONNECT WebTransport /",
                ":method=GET; :scheme=urn; :path=x                                            | Other GET x",
            })
    void a_request_for_something_else_is_well_formed(String text, String expected) {
        assertEquals(expected, parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":method=CONNECT; :protocol=webtransport-h3; :scheme=https; :authority=a",
                ":method=CONNECT; :protocol=webtransport-h3; :scheme=https; :path=/",
                ":method=CONNECT; :protocol=webtransport-h3; :scheme=https; :path=/; host=a",
                ":method=CONNECT; :protocol=webtransport-h3; :authority=a; :path=/",
                ":protocol=webtransport-h3; :scheme=https; :authority=a; :path=/",
                ":method=CONNECT; :protocol=webtransport-h3; :scheme=http; :authority=a; :path=/",
                ":method=CONNECT; :protocol=webtransport-h3; :scheme=https; :authority=; :path=/",
                ":method=CONNECT; :protocol=webtransport-h3; :scheme=https; :authority=a; :path=",
                ":method=CONNECT; :protocol=webtransport-h3; :scheme=https; :authority=a; :path=x",
                ":method=CONNECT; :protocol=webtransport-h3; :scheme=https; :authority=a; :path=/a b",
                ":method=CONNECT; :protocol=webtransport-h3; :scheme=https; :authority=a; :path=/é",
                ":method=CONNECT; :protocol=webtransport-h3; :scheme=https; :authority=u@a; :path=/",
                ":method=CONNECT; :protocol=; :scheme=https; :authority=a; :path=/",
                ":method=CONNECT; :authority=a; :path=/",
                ":method=CONNECT; :authority=a; :scheme=https",
                ":method=CONNECT",
                ":method=GET; :protocol=webtransport-h3; :scheme=https; :authority=a; :path=/",
                ":method=GET; :scheme=https; :path=/",
                ":method=GET; :scheme=https; :authority=a",
                ":method=GET; :scheme=https; :authority=a; :path=/; host=b",
                ":method=GET; :scheme=https; :path=/; host=a; host=a",
                MINIMAL + "; :path=/",
                MINIMAL + "; :status=200",
                MINIMAL + "; :unknown=1",
                MINIMAL + "; x=1; :other=1",
                "x=1; " + MINIMAL,
                ":path=/; " + MINIMAL,
                MINIMAL + "; Origin=https://a",
                MINIMAL + "; a b=1",
                MINIMAL + "; a:=1",
                MINIMAL + "; =1",
                MINIMAL + "; é=1",
                MINIMAL + "; x=a\nb",
                MINIMAL + "; x=a\u0000b",
                MINIMAL + "; x=a\rb",
                MINIMAL + "; x=a\u007fb",
                MINIMAL + "; connection=close",
                MINIMAL + "; keep-alive=1",
                MINIMAL + "; proxy-connection=1",
                MINIMAL + "; transfer-encoding=chunked",
                MINIMAL + "; upgrade=h2c",
                MINIMAL + "; te=gzip",
                MINIMAL + "; te=trailers, gzip",
                MINIMAL + "; content-length=0",
                MINIMAL + "; content-type=text/plain",
                MINIMAL + "; origin=https://a; origin=https://b",
                MINIMAL + "; host=other",
            })
    void a_malformed_request_is_a_message_error_of_its_stream(String text) {
        assertEquals(MALFORMED, parse(text));
    }

    @Test
    void a_request_that_would_be_malformed_cannot_be_built() {
        ConnectRequest.Builder builder = ConnectRequest.builder("example.com:4433", "/a?b=%20");
        assertThrows(IllegalArgumentException.class, () -> ConnectRequest.builder("", "/"));
        assertThrows(IllegalArgumentException.class, () -> ConnectRequest.builder("u@a", "/"));
        assertThrows(IllegalArgumentException.class, () -> ConnectRequest.builder("a", "x"));
        assertThrows(IllegalArgumentException.class, () -> ConnectRequest.builder("a", ""));
        assertThrows(IllegalArgumentException.class, () -> ConnectRequest.builder("a", "/ä"));
        assertThrows(IllegalArgumentException.class, () -> builder.protocolToken("websocket"));
        assertThrows(IllegalArgumentException.class, () -> builder.origin(""));
        assertThrows(IllegalArgumentException.class, () -> builder.origin("a\nb"));
        assertThrows(IllegalArgumentException.class, () -> builder.offeredProtocols(List.of("a", "é")));
        for (String name : List.of("origin", "wt-available-protocols", "connection", "te", "content-length")) {
            assertThrows(IllegalArgumentException.class, () -> builder.headers(Headers.of(Map.of(name, "x"))), name);
        }
        assertThrows(IllegalArgumentException.class, () -> builder.headers(Headers.of(Map.of("x", "\u0100"))));
        assertThrows(IllegalArgumentException.class, () -> builder.headers(Headers.of(Map.of("x", "a\u0001b"))));
    }

    @Test
    void a_request_survives_its_own_fields() throws ProtocolViolation {
        ConnectRequest request = ConnectRequest.builder("[::1]:4433", "/a?b=%20")
                .origin("null")
                .headers(Headers.builder()
                        .add("x", "1")
                        .add("Y", "")
                        .add("x", "2")
                        .build())
                .offeredProtocols(List.of("\"", "\\", "a, b"))
                .draft02()
                .build();

        IncomingRequest parsed =
                ConnectRequest.parse(FieldSection.decode(FieldSection.encode(request.toFields()), 10_000));

        assertEquals(
                request.toFields(),
                assertInstanceOf(ConnectRequest.class, parsed).toFields());
    }
}
