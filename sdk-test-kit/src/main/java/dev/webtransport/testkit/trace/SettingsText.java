package dev.webtransport.testkit.trace;

import dev.webtransport.codec.Http3Settings;
import java.util.HashMap;
import java.util.Map;

/** Settings as a line shows them: in their order, known ones by name, others by number. */
final class SettingsText {
    private static final Map<Long, String> NAMES = names();

    private SettingsText() {}

    static String of(Http3Settings settings) {
        StringBuilder text = new StringBuilder();
        settings.asMap().forEach((identifier, value) -> text.append(' ')
                .append(NAMES.getOrDefault(identifier, "0x" + Long.toHexString(identifier)))
                .append('=')
                .append(value));
        return text.toString();
    }

    /** As the constants of the codec are called, without {@code SETTINGS_}. */
    private static Map<Long, String> names() {
        Map<Long, String> names = new HashMap<>();
        names.put(Http3Settings.SETTINGS_QPACK_MAX_TABLE_CAPACITY, "QPACK_MAX_TABLE_CAPACITY");
        names.put(Http3Settings.SETTINGS_MAX_FIELD_SECTION_SIZE, "MAX_FIELD_SECTION_SIZE");
        names.put(Http3Settings.SETTINGS_QPACK_BLOCKED_STREAMS, "QPACK_BLOCKED_STREAMS");
        names.put(Http3Settings.SETTINGS_ENABLE_CONNECT_PROTOCOL, "ENABLE_CONNECT_PROTOCOL");
        names.put(Http3Settings.SETTINGS_H3_DATAGRAM, "H3_DATAGRAM");
        names.put(Http3Settings.SETTINGS_H3_DATAGRAM_DRAFT_04, "H3_DATAGRAM_DRAFT_04");
        names.put(Http3Settings.SETTINGS_ENABLE_WEBTRANSPORT, "ENABLE_WEBTRANSPORT");
        names.put(Http3Settings.SETTINGS_WEBTRANSPORT_MAX_SESSIONS_DRAFT_07, "WEBTRANSPORT_MAX_SESSIONS_DRAFT_07");
        names.put(Http3Settings.SETTINGS_WEBTRANSPORT_MAX_SESSIONS_DRAFT_13, "WEBTRANSPORT_MAX_SESSIONS_DRAFT_13");
        names.put(Http3Settings.SETTINGS_WT_ENABLED, "WT_ENABLED");
        names.put(Http3Settings.SETTINGS_WT_INITIAL_MAX_DATA, "WT_INITIAL_MAX_DATA");
        names.put(Http3Settings.SETTINGS_WT_INITIAL_MAX_STREAMS_UNI, "WT_INITIAL_MAX_STREAMS_UNI");
        names.put(Http3Settings.SETTINGS_WT_INITIAL_MAX_STREAMS_BIDI, "WT_INITIAL_MAX_STREAMS_BIDI");
        return names;
    }
}
