package dev.webtransport.engine.http3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.codec.FieldSection;
import dev.webtransport.codec.Http3FrameWriter;
import dev.webtransport.config.Http3Config;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Perspective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Requests, seen by a server. */
class RequestTest {
    @Test
    void a_request_of_draft_16_is_told_and_accepted_with_200() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        probe.data(0, EngineProbe.REQUEST_16);
        assertEquals(List.of("SessionRequested 0 CONNECT webtransport-h3 https://example.com/wt"), probe.events());
        assertEquals(List.of(), probe.outputs());
        assertTrue(probe.engine.accept(0, "b", Headers.EMPTY, 0));
        assertEquals(List.of("send 0 01140000d9270477742d70726f746f636f6c03226222"), probe.outputs());
        assertEquals(1, probe.engine.sessionCount());
    }

    @Test
    void a_request_of_draft_02_gets_its_header_back() {
        EngineProbe probe = ready(EngineProbe.CHROMIUM);
        probe.data(0, EngineProbe.REQUEST_02);
        assertEquals(List.of("SessionRequested 0 CONNECT webtransport https://example.com/wt"), probe.events());
        probe.accept(0);
        assertEquals(
                List.of(
                        "send 0 01290000d927157365632d7765627472616e73706f72742d68747470332d64726166740764726166743032"),
                probe.outputs());
    }

    @Test
    void a_request_may_come_in_any_pieces() {
        String hex = EngineProbe.REQUEST_16.replace(" ", "");
        for (int size = 1; size < hex.length() / 2; size += 7) {
            EngineProbe probe = ready(EngineProbe.DRAFT_16);
            for (int at = 0; at < hex.length(); at += 2 * size) {
                probe.data(0, hex.substring(at, Math.min(hex.length(), at + 2 * size)));
            }
            assertEquals(1, probe.events().size());
            assertEquals(StreamRole.ENGINE, probe.role(0));
        }
    }

    @Test
    void requests_wait_for_settings() {
        EngineProbe probe = EngineProbe.server();
        probe.drain();
        probe.data(0, EngineProbe.REQUEST_16);
        assertEquals(List.of(), probe.events());
        assertThrows(IllegalStateException.class, () -> probe.accept(0));
        probe.data(2, EngineProbe.DRAFT_16);
        assertEquals(
                List.of("PeerReady DRAFT_15", "SessionRequested 0 CONNECT webtransport-h3 https://example.com/wt"),
                probe.events());
    }

    @Test
    void requests_that_wait_end_with_the_connection_when_no_settings_come() {
        EngineProbe probe = EngineProbe.server();
        probe.data(0, EngineProbe.REQUEST_16);
        probe.drain();
        probe.pass(Duration.ofSeconds(5));
        assertEquals(List.of("ConnectionFailed CONNECTION H3_MISSING_SETTINGS"), probe.events());
        assertEquals(0, probe.engine.sessionCount());
    }

    @Test
    void a_client_of_draft_16_without_datagrams_is_malformed() {
        EngineProbe probe = ready("00 04 05 ac7cf00001");
        probe.data(0, EngineProbe.REQUEST_16);
        assertEquals(List.of("reset 0 H3_MESSAGE_ERROR", "stop 0 H3_MESSAGE_ERROR"), probe.outputs());
        assertEquals(List.of(), probe.events());
        assertEquals(StreamRole.REFUSED, probe.role(0));
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void a_client_of_draft_13_without_datagrams_is_served() {
        EngineProbe probe = ready("00 04 05 94e9cd2901");
        probe.data(0, request("webtransport"));
        assertEquals(List.of("SessionRequested 0 CONNECT webtransport https://example.com/wt"), probe.events());
    }

    @Test
    void a_token_that_means_another_protocol_is_answered_with_501() {
        for (String token : List.of("webtransport", "websocket")) {
            EngineProbe probe = ready(EngineProbe.DRAFT_16);
            probe.data(0, request(token));
            assertEquals(List.of("send 0 010800005f0903353031 fin", "stop 0 H3_NO_ERROR"), probe.outputs());
            assertEquals(List.of(), probe.events());
            assertEquals(0, probe.engine.heldCount());
        }
    }

    @Test
    void a_connect_without_protocol_is_answered_with_501() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        probe.data(0, headers(":method", "CONNECT", ":authority", "example.com:443"));
        assertEquals(List.of("send 0 010800005f0903353031 fin", "stop 0 H3_NO_ERROR"), probe.outputs());
    }

    @Test
    void another_method_is_answered_with_405_and_not_asked_to_stop_when_it_has_ended() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        probe.fin(0, headers(":method", "GET", ":scheme", "https", ":authority", "example.com", ":path", "/"));
        List<String> outputs = probe.outputs();
        assertEquals(1, outputs.size());
        assertTrue(outputs.get(0).contains("5f0903343035"), outputs.get(0));
        assertTrue(outputs.get(0).endsWith(" fin"), outputs.get(0));
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void another_method_does_not_wait_for_settings() {
        EngineProbe probe = EngineProbe.server();
        probe.drain();
        probe.data(0, headers(":method", "POST", ":scheme", "https", ":authority", "example.com", ":path", "/"));
        assertEquals("stop 0 H3_NO_ERROR", probe.outputs().get(1));
    }

    @Test
    void a_malformed_request_is_a_stream_error() {
        List<String> malformed = List.of(
                headers(
                        ":method",
                        "CONNECT",
                        ":protocol",
                        "webtransport-h3",
                        ":scheme",
                        "http",
                        ":authority",
                        "a",
                        ":path",
                        "/"),
                headers(":method", "CONNECT", ":protocol", "webtransport-h3", ":scheme", "https", ":path", "/"),
                headers(":method", "CONNECT", ":protocol", "webtransport-h3", ":scheme", "https", ":authority", "a"),
                headers(
                        ":method",
                        "GET",
                        ":protocol",
                        "webtransport-h3",
                        ":scheme",
                        "https",
                        ":authority",
                        "a",
                        ":path",
                        "/"),
                headers(":method", "CONNECT", ":method", "CONNECT"),
                headers(":status", "200"),
                headers("a", "b", ":method", "GET"),
                headers("Upper", "b"));
        for (String hex : malformed) {
            EngineProbe probe = ready(EngineProbe.DRAFT_16);
            probe.data(0, hex);
            assertEquals(List.of("reset 0 H3_MESSAGE_ERROR", "stop 0 H3_MESSAGE_ERROR"), probe.outputs());
            assertEquals(List.of(), probe.events());
            assertEquals(0, probe.engine.heldCount());
        }
    }

    @Test
    void a_field_section_that_cannot_be_decoded_ends_the_connection() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        probe.data(0, "01 03 0000 80");
        assertEquals(List.of("close QPACK_DECOMPRESSION_FAILED"), probe.outputs());
    }

    @Test
    void a_header_section_beyond_the_limit_is_excessive_load() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        probe.data(0, "01 80010001");
        assertEquals(List.of("close H3_EXCESSIVE_LOAD"), probe.outputs());
    }

    @Test
    void frames_out_of_place_on_a_request_stream_end_the_connection() {
        for (String frame : List.of("00 01 aa", "04 00", "07 01 00", "0d 01 00", "03 01 00", "05 01 00", "02 00")) {
            EngineProbe probe = ready(EngineProbe.DRAFT_16);
            probe.data(0, frame);
            assertEquals(List.of("close H3_FRAME_UNEXPECTED"), probe.outputs(), frame);
        }
    }

    @Test
    void unknown_frames_before_the_request_are_passed_over() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        probe.data(0, "21 02 aabb" + EngineProbe.REQUEST_16);
        assertEquals(1, probe.events().size());
    }

    @Test
    void the_signal_value_after_the_first_frame_is_a_frame_error() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, "4041 00");
        assertEquals(List.of("close H3_FRAME_ERROR"), probe.outputs());
        assertEquals(
                List.of(
                        "SessionClosed 0 code 0 LOCAL CONNECTION H3_FRAME_ERROR",
                        "SessionEnded 0",
                        "ConnectionFailed CONNECTION H3_FRAME_ERROR"),
                probe.events());
    }

    @Test
    void a_second_header_section_on_a_connect_stream_is_unexpected() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(0, EngineProbe.REQUEST_16);
        assertEquals(List.of("close H3_FRAME_UNEXPECTED"), probe.outputs());
    }

    @Test
    void a_stream_that_ends_before_its_request_is_incomplete() {
        for (String start : List.of("", "21 00", "40")) {
            EngineProbe probe = ready(EngineProbe.DRAFT_16);
            probe.fin(0, start);
            assertEquals(List.of("reset 0 H3_REQUEST_INCOMPLETE"), probe.outputs(), start);
            assertEquals(0, probe.engine.heldCount());
        }
    }

    @Test
    void a_stream_that_ends_inside_a_frame_is_a_frame_error() {
        for (String start : List.of("01 05 00", "01", "21 05 00")) {
            EngineProbe probe = ready(EngineProbe.DRAFT_16);
            probe.fin(0, start);
            assertEquals(List.of("close H3_FRAME_ERROR"), probe.outputs(), start);
        }
    }

    @Test
    void a_request_that_is_reset_before_it_is_complete_is_forgotten() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        probe.data(0, "01 40 68 00");
        probe.reset(0, 0x10c);
        assertEquals(List.of("reset 0 H3_REQUEST_CANCELLED"), probe.outputs());
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void a_request_that_the_client_gives_up_is_gone() {
        for (int how = 0; how < 3; how++) {
            EngineProbe probe = ready(EngineProbe.DRAFT_16);
            probe.data(0, EngineProbe.REQUEST_16);
            probe.drain();
            if (how == 0) {
                probe.reset(0, 0x10c);
            } else if (how == 1) {
                probe.fin(0, "");
            } else {
                probe.stop(0, 0x10c);
            }
            assertEquals(List.of("SessionRequestGone 0"), probe.events());
            assertEquals("reset 0 H3_REQUEST_CANCELLED", probe.outputs().get(0));
            assertFalse(probe.accept(0));
            assertFalse(probe.engine.reject(0, 403, Headers.EMPTY, 0));
            assertEquals(0, probe.engine.heldCount());
        }
    }

    @Test
    void a_request_stopped_before_its_headers_is_gone_when_they_come() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        probe.stop(0, 0x10c);
        assertEquals(StreamRole.UNDECIDED, probe.role(0));
        probe.data(0, EngineProbe.REQUEST_16);
        assertEquals("SessionRequestGone 0", probe.events().get(1));
        assertEquals(List.of("reset 0 H3_REQUEST_CANCELLED", "stop 0 H3_REQUEST_CANCELLED"), probe.outputs());
    }

    @Test
    void a_rejection_is_an_answer_and_an_end() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        probe.data(0, EngineProbe.REQUEST_16);
        probe.drain();
        assertTrue(probe.engine.reject(0, 403, Headers.EMPTY, 0));
        assertEquals(List.of("send 0 01040000ff05 fin", "stop 0 H3_NO_ERROR"), probe.outputs());
        assertEquals(List.of(), probe.events());
        assertFalse(probe.engine.reject(0, 403, Headers.EMPTY, 0));
        assertEquals(0, probe.engine.heldCount());
    }

    @Test
    void an_answer_that_is_none_is_refused() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        probe.data(0, EngineProbe.REQUEST_16);
        assertThrows(IllegalArgumentException.class, () -> probe.engine.reject(0, 200, Headers.EMPTY, 0));
        assertThrows(IllegalArgumentException.class, () -> probe.engine.accept(0, "c", Headers.EMPTY, 0));
        assertThrows(IllegalStateException.class, () -> probe.engine.cancelConnect(0));
        assertTrue(probe.accept(0));
        assertThrows(IllegalStateException.class, () -> probe.accept(0));
        assertThrows(IllegalStateException.class, () -> probe.engine.reject(0, 403, Headers.EMPTY, 0));
    }

    @Test
    void a_second_session_at_the_same_time_is_rejected_from_draft_13_on() {
        EngineProbe probe = EngineProbe.serverWithSession();
        probe.data(4, EngineProbe.REQUEST_16);
        assertEquals(List.of("reset 4 H3_REQUEST_REJECTED", "stop 4 H3_REQUEST_REJECTED"), probe.outputs());
        assertEquals(List.of(), probe.events());
        probe.fin(0, "");
        probe.drain();
        probe.data(8, EngineProbe.REQUEST_16);
        assertEquals(1, probe.events().size());
    }

    @Test
    void a_request_that_waits_for_its_answer_counts() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        probe.data(0, EngineProbe.REQUEST_16);
        probe.data(4, EngineProbe.REQUEST_16);
        assertEquals(List.of("reset 4 H3_REQUEST_REJECTED", "stop 4 H3_REQUEST_REJECTED"), probe.outputs());
    }

    @Test
    void of_requests_that_waited_for_settings_the_first_is_told() {
        EngineProbe probe = EngineProbe.server();
        probe.data(4, EngineProbe.REQUEST_16);
        probe.data(0, EngineProbe.REQUEST_16);
        probe.drain();
        probe.data(2, EngineProbe.DRAFT_16);
        assertEquals(List.of("reset 0 H3_REQUEST_REJECTED", "stop 0 H3_REQUEST_REJECTED"), probe.outputs());
        assertEquals(
                "SessionRequested 4 CONNECT webtransport-h3 https://example.com/wt",
                probe.events().get(1));
    }

    @Test
    void draft_02_has_many_sessions_up_to_a_bound() {
        EngineProbe probe = ready(EngineProbe.CHROMIUM);
        for (int i = 0; i < Sessions.MAX_SESSIONS; i++) {
            probe.data(4L * i, EngineProbe.REQUEST_02);
        }
        assertEquals(Sessions.MAX_SESSIONS, probe.events().size());
        probe.data(4L * Sessions.MAX_SESSIONS, EngineProbe.REQUEST_02);
        assertEquals(List.of("reset 256 H3_REQUEST_REJECTED", "stop 256 H3_REQUEST_REJECTED"), probe.outputs());
    }

    @Test
    void requests_that_wait_for_settings_are_bounded() {
        EngineProbe probe = EngineProbe.server();
        probe.drain();
        for (int i = 0; i < Sessions.MAX_SESSIONS; i++) {
            probe.data(4L * i, EngineProbe.REQUEST_16);
        }
        assertEquals(List.of(), probe.outputs());
        probe.data(256, EngineProbe.REQUEST_16);
        assertEquals(List.of("reset 256 H3_REQUEST_REJECTED", "stop 256 H3_REQUEST_REJECTED"), probe.outputs());
    }

    @Test
    void request_streams_that_never_complete_are_bounded() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        for (int i = 0; i < RequestStream.MAX_REQUEST_STREAMS; i++) {
            probe.data(4L * i, "01 4068");
        }
        assertEquals(List.of(), probe.outputs());
        probe.data(4L * RequestStream.MAX_REQUEST_STREAMS, "01 4068");
        assertEquals(List.of("reset 512 H3_REQUEST_REJECTED", "stop 512 H3_REQUEST_REJECTED"), probe.outputs());
    }

    @Test
    void what_comes_for_a_stream_that_is_over_means_nothing() {
        EngineProbe probe = ready(EngineProbe.DRAFT_16);
        probe.data(0, EngineProbe.REQUEST_16);
        probe.engine.reject(0, 403, Headers.EMPTY, 0);
        probe.drain();
        probe.data(0, EngineProbe.REQUEST_16);
        probe.fin(0, "");
        probe.reset(0, 0);
        probe.stop(0, 0);
        assertEquals(List.of(), probe.outputs());
        assertEquals(List.of(), probe.events());
        assertEquals(StreamRole.REFUSED, probe.role(0));
    }

    @Test
    void commands_of_the_other_end_are_a_misuse() {
        EngineProbe server = ready(EngineProbe.DRAFT_16);
        assertThrows(IllegalStateException.class, () -> server.engine.connectReadiness());
        assertThrows(IllegalStateException.class, () -> server.connect(0));
        EngineProbe client = EngineProbe.client();
        assertThrows(IllegalStateException.class, () -> client.accept(0));
        assertThrows(IllegalStateException.class, () -> client.engine.reject(0, 403, Headers.EMPTY, 0));
    }

    @Test
    void a_server_that_offers_draft_02_only_refuses_the_new_token() {
        EngineProbe probe = EngineProbe.started(
                        Perspective.SERVER,
                        Http3Config.builder()
                                .drafts(Set.of(WebTransportDraft.DRAFT_02))
                                .build())
                .settings(EngineProbe.DRAFT_16);
        probe.data(0, EngineProbe.REQUEST_16);
        assertEquals(List.of("send 0 010800005f0903353031 fin", "stop 0 H3_NO_ERROR"), probe.outputs());
    }

    private static EngineProbe ready(String settings) {
        return EngineProbe.server().settings(settings);
    }

    private static String request(String token) {
        return headers(
                ":method",
                "CONNECT",
                ":protocol",
                token,
                ":scheme",
                "https",
                ":authority",
                "example.com",
                ":path",
                "/wt");
    }

    private static String headers(String... namesAndValues) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.add(Map.entry(namesAndValues[i], namesAndValues[i + 1]));
        }
        return EngineProbe.hex(Http3FrameWriter.headers(FieldSection.encode(fields)));
    }
}
