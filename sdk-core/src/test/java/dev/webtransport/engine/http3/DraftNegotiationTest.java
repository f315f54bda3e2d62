package dev.webtransport.engine.http3;

import static dev.webtransport.config.WebTransportDraft.DRAFT_02;
import static dev.webtransport.config.WebTransportDraft.DRAFT_07;
import static dev.webtransport.config.WebTransportDraft.DRAFT_13;
import static dev.webtransport.config.WebTransportDraft.DRAFT_15;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.webtransport.codec.Http3Settings;
import dev.webtransport.config.WebTransportDraft;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DraftNegotiationTest {
    private static final Set<WebTransportDraft> ALL = WebTransportDraft.all();

    @Test
    void the_newest_draft_that_both_ends_know_wins_for_every_pair_of_sets() {
        for (Set<WebTransportDraft> ours : subsets()) {
            for (Set<WebTransportDraft> theirs : subsets()) {
                Optional<WebTransportDraft> expected = Optional.empty();
                for (WebTransportDraft draft : WebTransportDraft.values()) {
                    if (ours.contains(draft) && theirs.contains(draft)) {
                        expected = Optional.of(draft);
                    }
                }
                assertEquals(
                        expected,
                        DraftNegotiation.newest(ours, settings(theirs)),
                        () -> "ours " + ours + " theirs " + theirs);
            }
        }
    }

    @Test
    void a_setting_of_0_announces_nothing() {
        assertEquals(Optional.empty(), DraftNegotiation.newest(ALL, Http3Settings.of(Map.of(DRAFT_15.setting(), 0L))));
    }

    @Test
    void the_new_token_means_draft_15_with_or_without_the_setting() {
        assertEquals(
                Optional.of(DRAFT_15), DraftNegotiation.ofRequest("webtransport-h3", ALL, settings(Set.of(DRAFT_15))));
        assertEquals(Optional.of(DRAFT_15), DraftNegotiation.ofRequest("webtransport-h3", ALL, settings(Set.of())));
    }

    @Test
    void the_new_token_means_nothing_from_who_announces_old_drafts_only() {
        assertEquals(Optional.empty(), DraftNegotiation.ofRequest("webtransport-h3", ALL, settings(Set.of(DRAFT_13))));
    }

    @Test
    void a_client_that_announces_nothing_but_datagrams_is_old_or_newer_than_all_drafts() {
        Http3Settings datagrams = Http3Settings.of(Map.of(0x33L, 1L));
        assertEquals(Optional.of(DRAFT_07), DraftNegotiation.ofClient(ALL, datagrams));
        assertEquals(Optional.of(DRAFT_15), DraftNegotiation.ofClient(Set.of(DRAFT_02, DRAFT_15), datagrams));
        assertEquals(Optional.empty(), DraftNegotiation.ofClient(Set.of(DRAFT_02), datagrams));
        assertEquals(Optional.empty(), DraftNegotiation.ofClient(ALL, Http3Settings.EMPTY));
    }

    @Test
    void the_new_token_means_nothing_to_who_does_not_offer_draft_15() {
        assertEquals(
                Optional.empty(),
                DraftNegotiation.ofRequest("webtransport-h3", Set.of(DRAFT_02), settings(Set.of(DRAFT_15))));
    }

    @Test
    void the_old_token_means_the_newest_of_the_old_drafts() {
        assertEquals(
                Optional.of(DRAFT_13),
                DraftNegotiation.ofRequest("webtransport", ALL, settings(Set.of(DRAFT_02, DRAFT_13, DRAFT_15))));
        assertEquals(
                Optional.of(DRAFT_02), DraftNegotiation.ofRequest("webtransport", ALL, settings(Set.of(DRAFT_02))));
    }

    @Test
    void the_old_token_of_a_client_that_announces_nothing_but_datagrams_means_draft_07() {
        assertEquals(
                Optional.of(DRAFT_07),
                DraftNegotiation.ofRequest("webtransport", ALL, Http3Settings.of(Map.of(0x33L, 1L))));
        assertEquals(Optional.empty(), DraftNegotiation.ofRequest("webtransport", ALL, Http3Settings.EMPTY));
        assertEquals(
                Optional.empty(),
                DraftNegotiation.ofRequest("webtransport", Set.of(DRAFT_02), Http3Settings.of(Map.of(0x33L, 1L))));
    }

    @Test
    void the_old_token_with_the_new_setting_alone_asks_for_the_capsule_protocol_which_is_not_spoken() {
        assertEquals(
                Optional.empty(),
                DraftNegotiation.ofRequest(
                        "webtransport", ALL, Http3Settings.of(Map.of(0x33L, 1L, DRAFT_15.setting(), 1L))));
    }

    @Test
    void a_client_sends_the_new_token_to_draft_15_only() {
        assertEquals("webtransport-h3", DraftNegotiation.token(DRAFT_15));
        assertEquals("webtransport", DraftNegotiation.token(DRAFT_13));
        assertEquals("webtransport", DraftNegotiation.token(DRAFT_07));
        assertEquals("webtransport", DraftNegotiation.token(DRAFT_02));
    }

    private static Http3Settings settings(Set<WebTransportDraft> drafts) {
        Map<Long, Long> values = new LinkedHashMap<>();
        drafts.forEach(draft -> values.put(draft.setting(), 1L));
        return Http3Settings.of(values);
    }

    private static Set<Set<WebTransportDraft>> subsets() {
        Set<Set<WebTransportDraft>> subsets = new LinkedHashSet<>();
        for (int bits = 0; bits < 16; bits++) {
            Set<WebTransportDraft> subset = EnumSet.noneOf(WebTransportDraft.class);
            for (WebTransportDraft draft : WebTransportDraft.values()) {
                if ((bits >> draft.ordinal() & 1) == 1) {
                    subset.add(draft);
                }
            }
            subsets.add(subset);
        }
        return subsets;
    }
}
