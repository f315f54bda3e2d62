package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.webtransport.error.ProtocolViolation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class ConnectFuzzTest {
    private static final String MALFORMED = "STREAM H3_MESSAGE_ERROR (0x10e)";

    /** One field per line, its value behind the first equals sign. */
    private static List<Map.Entry<String, String>> fields(byte[] bytes) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\n")) {
            int equals = line.indexOf('=');
            fields.add(
                    equals < 0
                            ? Map.entry(line, "")
                            : Map.entry(line.substring(0, equals), line.substring(equals + 1)));
        }
        return fields;
    }

    /** Any fields are a request, which survives being written if it is for a session, or malformed. */
    @FuzzTest
    void requests(byte[] bytes) throws ProtocolViolation {
        IncomingRequest request;
        try {
            request = ConnectRequest.parse(fields(bytes));
        } catch (ProtocolViolation violation) {
            assertEquals(MALFORMED, Traces.violation(violation));
            return;
        }
        if (request instanceof ConnectRequest connect) {
            ConnectRequest again = assertInstanceOf(ConnectRequest.class, ConnectRequest.parse(connect.toFields()));
            assertEquals(connect.toFields(), again.toFields());
        }
    }

    /** Any fields are a response, which survives being written, or malformed. */
    @FuzzTest
    void responses(byte[] bytes) throws ProtocolViolation {
        ConnectResponse response;
        try {
            response = ConnectResponse.parse(fields(bytes));
        } catch (ProtocolViolation violation) {
            assertEquals(MALFORMED, Traces.violation(violation));
            return;
        }
        assertEquals(
                response.toFields(), ConnectResponse.parse(response.toFields()).toFields());
    }
}
