package dev.webtransport.engine.http3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ControlStreamTest {
    @Test
    void a_control_stream_that_ends_is_a_closed_critical_stream() {
        EngineProbe probe = ready();
        probe.fin(2, "");
        assertClosed(probe, "H3_CLOSED_CRITICAL_STREAM");
    }

    @Test
    void a_control_stream_that_is_reset_is_a_closed_critical_stream() {
        EngineProbe probe = ready();
        probe.reset(2, 0x100);
        assertClosed(probe, "H3_CLOSED_CRITICAL_STREAM");
    }

    @Test
    void our_control_stream_must_not_be_stopped() {
        EngineProbe probe = ready();
        probe.stop(3, 0x100);
        assertClosed(probe, "H3_CLOSED_CRITICAL_STREAM");
    }

    @Test
    void a_second_control_stream_is_a_stream_creation_error() {
        EngineProbe probe = ready();
        probe.data(6, "00");
        assertClosed(probe, "H3_STREAM_CREATION_ERROR");
    }

    @Test
    void data_headers_and_push_promise_have_no_place_on_a_control_stream() {
        for (String frame : List.of("00 01 aa", "00 00", "01 02 0000", "05 01 00")) {
            EngineProbe probe = ready();
            probe.data(2, frame);
            assertClosed(probe, "H3_FRAME_UNEXPECTED");
        }
    }

    @Test
    void frames_of_http2_are_unexpected() {
        for (String frame : List.of("02 00", "06 00", "08 00", "09 00")) {
            EngineProbe probe = ready();
            probe.data(2, frame);
            assertClosed(probe, "H3_FRAME_UNEXPECTED");
        }
    }

    @Test
    void the_signal_value_on_a_control_stream_is_a_frame_error() {
        EngineProbe probe = ready();
        probe.data(2, "4041 00");
        assertClosed(probe, "H3_FRAME_ERROR");
    }

    @Test
    void unknown_frames_are_passed_over_whatever_their_length() {
        EngineProbe probe = ready();
        probe.data(2, "21 03 aabbcc 800f0700 4064");
        probe.data(2, "00".repeat(100));
        probe.data(2, "07 01 00");
        assertEquals(List.of("GoAwayReceived"), probe.events());
        assertEquals(List.of(), probe.outputs());
    }

    @Test
    void max_push_id_is_for_clients_to_send() {
        EngineProbe server = ready();
        server.data(2, "0d 01 07");
        assertEquals(List.of(), server.outputs());
        EngineProbe client = EngineProbe.client().settings(EngineProbe.ALL_DRAFTS);
        client.data(3, "0d 01 07");
        assertClosed(client, "H3_FRAME_UNEXPECTED");
    }

    @Test
    void cancel_push_names_a_push_that_was_never_allowed() {
        EngineProbe server = ready();
        server.data(2, "03 01 00");
        assertClosed(server, "H3_ID_ERROR");
        EngineProbe client = EngineProbe.client().settings(EngineProbe.ALL_DRAFTS);
        client.data(3, "03 01 00");
        assertClosed(client, "H3_ID_ERROR");
    }

    @Test
    void a_frame_of_a_wrong_length_is_a_frame_error() {
        for (String frame : List.of("07 00", "07 02 0000", "0d 01 40", "03 09 000000000000000000")) {
            EngineProbe probe = ready();
            probe.data(2, frame);
            assertClosed(probe, "H3_FRAME_ERROR");
        }
    }

    @Test
    void goaway_is_told_once_and_its_id_must_not_grow() {
        EngineProbe client = EngineProbe.client().settings(EngineProbe.ALL_DRAFTS);
        client.data(3, "07 01 08");
        assertEquals(List.of("GoAwayReceived"), client.events());
        client.data(3, "07 01 04 07 01 04");
        assertEquals(List.of(), client.events());
        client.data(3, "07 01 08");
        assertClosed(client, "H3_ID_ERROR");
    }

    @Test
    void a_server_names_a_request_in_goaway() {
        for (String frame : List.of("07 01 01", "07 01 02", "07 01 03")) {
            EngineProbe client = EngineProbe.client().settings(EngineProbe.ALL_DRAFTS);
            client.data(3, frame);
            assertClosed(client, "H3_ID_ERROR");
        }
    }

    @Test
    void a_client_names_any_push_in_goaway() {
        EngineProbe probe = ready();
        probe.data(2, "07 01 03");
        assertEquals(List.of("GoAwayReceived"), probe.events());
    }

    @Test
    void a_push_stream_of_a_client_is_a_stream_creation_error() {
        EngineProbe probe = ready();
        probe.data(6, "01");
        assertClosed(probe, "H3_STREAM_CREATION_ERROR");
    }

    @Test
    void a_push_stream_without_leave_is_an_id_error() {
        EngineProbe client = EngineProbe.client().settings(EngineProbe.ALL_DRAFTS);
        client.data(7, "01 00");
        assertClosed(client, "H3_ID_ERROR");
    }

    @Test
    void a_unidirectional_stream_of_an_unknown_type_is_refused_without_error() {
        EngineProbe probe = ready();
        probe.data(6, "21 aabbcc");
        assertEquals(List.of("stop 6 H3_STREAM_CREATION_ERROR"), probe.outputs());
        assertEquals(StreamRole.REFUSED, probe.role(6));
        probe.data(6, "00 04 00");
        assertEquals(List.of(), probe.outputs());
    }

    @Test
    void a_unidirectional_stream_may_end_before_its_type() {
        EngineProbe probe = ready();
        probe.fin(6, "");
        probe.fin(10, "40");
        probe.data(14, "c0");
        probe.reset(14, 0x100);
        assertEquals(List.of(), probe.outputs());
        assertEquals(StreamRole.REFUSED, probe.role(14));
    }

    @Test
    void a_dynamic_table_of_capacity_0_is_all_an_encoder_stream_may_speak_of() {
        EngineProbe probe = ready();
        probe.data(6, "02 20");
        probe.data(6, "20");
        assertEquals(List.of(), probe.outputs());
        for (String instruction : List.of("21", "3fe11f", "c0 00", "41 61 00", "00")) {
            EngineProbe broken = ready();
            broken.data(6, "02" + instruction);
            assertClosed(broken, "QPACK_ENCODER_STREAM_ERROR");
        }
    }

    @Test
    void a_decoder_stream_may_only_cancel() {
        EngineProbe probe = ready();
        probe.data(6, "03 44 7f 80");
        probe.data(6, "80 01 7e");
        assertEquals(List.of(), probe.outputs());
        for (String instruction : List.of("80", "00", "01", "3f00")) {
            EngineProbe broken = ready();
            broken.data(6, "03" + instruction);
            assertClosed(broken, "QPACK_DECODER_STREAM_ERROR");
        }
    }

    @Test
    void an_endless_integer_on_a_decoder_stream_is_an_error() {
        EngineProbe probe = ready();
        probe.data(6, "03 7f" + "80".repeat(9));
        assertEquals(List.of(), probe.outputs());
        probe.data(6, "80");
        assertClosed(probe, "QPACK_DECODER_STREAM_ERROR");
    }

    @Test
    void qpack_streams_are_critical_and_come_once() {
        for (String type : List.of("02", "03")) {
            EngineProbe twice = ready();
            twice.data(6, type);
            twice.data(10, type);
            assertClosed(twice, "H3_STREAM_CREATION_ERROR");
            EngineProbe ended = ready();
            ended.fin(6, type);
            assertClosed(ended, "H3_CLOSED_CRITICAL_STREAM");
            EngineProbe reset = ready();
            reset.data(6, type);
            reset.reset(6, 0);
            assertClosed(reset, "H3_CLOSED_CRITICAL_STREAM");
        }
    }

    @Test
    void after_the_end_of_the_connection_nothing_means_anything() {
        EngineProbe probe = ready();
        probe.fin(2, "");
        probe.drain();
        probe.data(6, "00");
        probe.data(0, EngineProbe.REQUEST_16);
        probe.datagram("");
        probe.reset(2, 0);
        probe.stop(3, 0);
        probe.engine.handleTimeout(Long.MAX_VALUE);
        probe.engine.goAway();
        assertEquals(List.of(), probe.outputs());
        assertEquals(List.of(), probe.events());
        assertEquals(StreamRole.REFUSED, probe.role(0));
        assertEquals(0, probe.engine.heldCount());
    }

    private static EngineProbe ready() {
        return EngineProbe.server().settings(EngineProbe.DRAFT_16);
    }

    private static void assertClosed(EngineProbe probe, String code) {
        assertEquals(List.of("close " + code), probe.outputs());
        assertEquals(List.of("ConnectionFailed CONNECTION " + code), probe.events());
    }
}
