package dev.webtransport.engine.http3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.config.Http3Config;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.value.Perspective;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingsExchangeTest {
    @Test
    void a_server_announces_every_draft_on_its_control_stream() {
        assertEquals(
                List.of("send 3 0004200100070008013301ab60374201c0000000c671706a0194e9cd2901ac7cf00001"),
                EngineProbe.server().outputs());
    }

    @Test
    void a_client_announces_the_same_without_extended_connect() {
        assertEquals(
                List.of("send 2 00041e010007003301ab60374201c0000000c671706a0194e9cd2901ac7cf00001"),
                EngineProbe.client().outputs());
    }

    @Test
    void only_the_drafts_that_are_configured_are_announced_and_further_settings_follow_in_order() {
        Http3Config config = Http3Config.builder()
                .drafts(Set.of(WebTransportDraft.DRAFT_02, WebTransportDraft.DRAFT_15))
                .additionalSettings(Map.of(0x3fL, 7L, 0x21L, 1L))
                .build();
        assertEquals(
                List.of("send 3 0004160100070008013301ab60374201ac7cf000012101" + "3f07"),
                EngineProbe.started(Perspective.SERVER, config).outputs());
    }

    @Test
    void an_engine_starts_once() {
        EngineProbe probe = EngineProbe.server();
        assertThrows(IllegalStateException.class, () -> probe.engine.start(7, PeerDatagrams.SUPPORTED, 0));
    }

    @Test
    void settings_of_the_peer_make_it_ready_even_byte_by_byte() {
        EngineProbe probe = EngineProbe.server();
        String hex = EngineProbe.CHROMIUM.replace(" ", "");
        for (int i = 0; i < hex.length(); i += 2) {
            assertEquals(List.of(), probe.events());
            probe.data(2, hex.substring(i, i + 2));
        }
        assertEquals(List.of("PeerReady DRAFT_02"), probe.events());
        assertEquals(Optional.of(WebTransportDraft.DRAFT_02), probe.engine.draft());
        assertEquals(StreamRole.ENGINE, probe.role(2));
    }

    @Test
    void a_client_takes_the_newest_draft_of_the_server() {
        EngineProbe probe = EngineProbe.client();
        assertEquals(ConnectReadiness.WAITING_FOR_SETTINGS, probe.engine.connectReadiness());
        probe.data(3, EngineProbe.ALL_DRAFTS);
        assertEquals(List.of("PeerReady DRAFT_15"), probe.events());
        assertEquals(ConnectReadiness.READY, probe.engine.connectReadiness());
    }

    @Test
    void a_client_refuses_a_wt_enabled_above_1() {
        assertFails(Perspective.CLIENT, "00 04 09 0801 3301 ac7cf00002", "H3_SETTINGS_ERROR");
    }

    @Test
    void a_server_takes_any_wt_enabled_above_0() {
        EngineProbe probe = EngineProbe.server();
        probe.data(2, "00 04 07 3301 ac7cf00002");
        assertEquals(List.of("PeerReady DRAFT_15"), probe.events());
    }

    @Test
    void a_setting_that_occurs_twice_is_a_settings_error() {
        assertFails(Perspective.SERVER, "00 04 04 3301 3301", "H3_SETTINGS_ERROR");
    }

    @Test
    void a_boolean_setting_above_1_is_a_settings_error() {
        assertFails(Perspective.SERVER, "00 04 02 3302", "H3_SETTINGS_ERROR");
        assertFails(Perspective.SERVER, "00 04 02 0802", "H3_SETTINGS_ERROR");
        assertFails(Perspective.CLIENT, "00 04 05 ab60374202", "H3_SETTINGS_ERROR");
    }

    @Test
    void a_setting_of_http2_is_a_settings_error() {
        assertFails(Perspective.CLIENT, "00 04 02 0301", "H3_SETTINGS_ERROR");
    }

    @Test
    void settings_that_end_inside_a_setting_are_a_frame_error() {
        assertFails(Perspective.SERVER, "00 04 01 33", "H3_FRAME_ERROR");
    }

    @Test
    void settings_beyond_all_measure_are_excessive_load() {
        assertFails(Perspective.SERVER, "00 04 80100000", "H3_EXCESSIVE_LOAD");
    }

    @Test
    void second_settings_are_unexpected() {
        EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        probe.data(2, "04 00");
        assertEquals(List.of("close H3_FRAME_UNEXPECTED"), probe.outputs());
    }

    @Test
    void a_control_stream_begins_with_settings() {
        assertFails(Perspective.SERVER, "00 0d 01 00", "H3_MISSING_SETTINGS");
        assertFails(Perspective.CLIENT, "00 07 01 00", "H3_MISSING_SETTINGS");
        assertFails(Perspective.CLIENT, "00 21 00", "H3_MISSING_SETTINGS");
    }

    @Test
    void unknown_settings_mean_nothing() {
        EngineProbe probe = EngineProbe.server();
        probe.data(2, "00 04 13 210a 3301 ac7cf00001 80ffd27701 0680004000");
        assertEquals(List.of("PeerReady DRAFT_15"), probe.events());
    }

    @Test
    void a_client_names_what_a_server_of_draft_16_lacks() {
        EngineProbe probe = new EngineProbe(Perspective.CLIENT, Http3Config.defaults());
        probe.engine.start(2, PeerDatagrams.UNSUPPORTED, 0);
        probe.outputs();
        probe.data(3, "00 04 05 ac7cf00001");
        assertEquals(
                List.of("RequirementsNotMet the server lacks SETTINGS_ENABLE_CONNECT_PROTOCOL and SETTINGS_H3_DATAGRAM"
                        + " and the transport parameter max_datagram_frame_size;"
                        + " it sent {setting 0x2c7cf000=1}"),
                probe.events());
        assertEquals(List.of("close WT_REQUIREMENTS_NOT_MET"), probe.outputs());
        assertEquals(ConnectReadiness.REQUIREMENTS_NOT_MET, probe.engine.connectReadiness());
        assertThrows(IllegalStateException.class, () -> probe.connect(0));
    }

    @Test
    void a_client_names_the_settings_of_the_drafts_when_a_server_has_none() {
        EngineProbe probe = EngineProbe.client();
        probe.data(3, "00 04 04 0801 3301");
        List<String> events = probe.events();
        assertEquals(1, events.size());
        assertTrue(
                events.get(0)
                        .startsWith("RequirementsNotMet the server lacks a setting of draft-02 (0x2b603742) or"
                                + " draft-07 (0xc671706a) or draft-13 (0x14e9cd29) or draft-15 (0x2c7cf000); it sent"),
                events.get(0));
    }

    @Test
    void a_server_of_draft_13_without_datagrams_still_gives_sessions() {
        EngineProbe probe = EngineProbe.client();
        probe.data(3, "00 04 07 94e9cd2901 0801");
        assertEquals(List.of("PeerReady DRAFT_13"), probe.events());
        assertEquals(ConnectReadiness.READY, probe.engine.connectReadiness());
    }

    @Test
    void a_server_of_draft_02_needs_no_extended_connect() {
        EngineProbe probe = EngineProbe.client();
        probe.data(3, "00 04 07 ab60374201 3301");
        assertEquals(List.of("PeerReady DRAFT_02"), probe.events());
    }

    @Test
    void a_server_of_draft_07_needs_extended_connect() {
        EngineProbe probe = EngineProbe.client();
        probe.data(3, "00 04 0b c0000000c671706a01 3301");
        assertEquals(List.of("close WT_REQUIREMENTS_NOT_MET"), tail(probe.outputs()));
    }

    @Test
    void a_client_does_not_wait_for_settings_for_ever() {
        EngineProbe probe = EngineProbe.client();
        probe.drain();
        assertEquals(Duration.ofSeconds(5).toNanos(), probe.engine.pollTimeoutNanos());
        probe.pass(Duration.ofSeconds(5));
        assertEquals(List.of("RequirementsNotMet no SETTINGS came within PT5S"), probe.events());
        assertEquals(List.of("close H3_MISSING_SETTINGS"), probe.outputs());
        assertTrue(probe.engine.isClosed());
        assertEquals(Long.MAX_VALUE, probe.engine.pollTimeoutNanos());
    }

    @Test
    void a_server_does_not_wait_for_settings_for_ever() {
        EngineProbe probe = EngineProbe.server();
        probe.drain();
        probe.pass(Duration.ofSeconds(5));
        assertEquals(List.of("ConnectionFailed CONNECTION H3_MISSING_SETTINGS"), probe.events());
        assertEquals(List.of("close H3_MISSING_SETTINGS"), probe.outputs());
    }

    @Test
    void settings_stop_the_wait() {
        EngineProbe probe = EngineProbe.server().settings(EngineProbe.DRAFT_16);
        assertEquals(Long.MAX_VALUE, probe.engine.pollTimeoutNanos());
    }

    private static void assertFails(Perspective perspective, String hex, String code) {
        EngineProbe probe = EngineProbe.started(perspective, Http3Config.defaults());
        probe.data(probe.controlStreamOfPeer(), hex);
        assertEquals("close " + code, tail(probe.outputs()).get(0));
        assertEquals(List.of("ConnectionFailed CONNECTION " + code), probe.events());
        assertTrue(probe.engine.isClosed());
    }

    private static List<String> tail(List<String> lines) {
        return lines.subList(lines.size() - 1, lines.size());
    }
}
