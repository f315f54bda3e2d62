package dev.webtransport.codec;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an endpoint announced in its SETTINGS frame: values by identifier, in the order of the frame (RFC 9114, section
 * 7.2.4). Identifiers that nobody knows are kept and mean nothing. Immutable.
 */
public final class Http3Settings {
    /** RFC 9204, section 5. */
    public static final long SETTINGS_QPACK_MAX_TABLE_CAPACITY = 0x01;

    /** RFC 9114, section 7.2.4.1. */
    public static final long SETTINGS_MAX_FIELD_SECTION_SIZE = 0x06;

    /** RFC 9204, section 5. */
    public static final long SETTINGS_QPACK_BLOCKED_STREAMS = 0x07;

    /** RFC 9220, section 3. */
    public static final long SETTINGS_ENABLE_CONNECT_PROTOCOL = 0x08;

    /** RFC 9297, section 2.1.1. */
    public static final long SETTINGS_H3_DATAGRAM = 0x33;

    /** HTTP Datagrams as draft-ietf-masque-h3-datagram-04 announced them. */
    public static final long SETTINGS_H3_DATAGRAM_DRAFT_04 = 0xffd277;

    /** draft-ietf-webtrans-http3-02. */
    public static final long SETTINGS_ENABLE_WEBTRANSPORT = 0x2b603742;

    /** draft-ietf-webtrans-http3-07 to -12. */
    public static final long SETTINGS_WEBTRANSPORT_MAX_SESSIONS_DRAFT_07 = 0xc671706aL;

    /** draft-ietf-webtrans-http3-13 and -14. */
    public static final long SETTINGS_WEBTRANSPORT_MAX_SESSIONS_DRAFT_13 = 0x14e9cd29;

    /** draft-ietf-webtrans-http3-16, section 3.1. */
    public static final long SETTINGS_WT_ENABLED = 0x2c7cf000;

    /** draft-ietf-webtrans-http3-16, section 5.5.3. */
    public static final long SETTINGS_WT_INITIAL_MAX_DATA = 0x2b61;

    /** draft-ietf-webtrans-http3-16, section 5.5.1. */
    public static final long SETTINGS_WT_INITIAL_MAX_STREAMS_UNI = 0x2b64;

    /** draft-ietf-webtrans-http3-16, section 5.5.2. */
    public static final long SETTINGS_WT_INITIAL_MAX_STREAMS_BIDI = 0x2b65;

    /** The most settings a frame may carry; far more than any peer sends. */
    public static final int MAX_COUNT = 128;

    /**
     * The longest payload of a SETTINGS frame that is read, in bytes: {@link #MAX_COUNT} pairs of the longest integers.
     */
    public static final int MAX_PAYLOAD = MAX_COUNT * 16;

    /** No settings: every value is its default. */
    public static final Http3Settings EMPTY = new Http3Settings(new LinkedHashMap<>());

    private final Map<Long, Long> values;

    private Http3Settings(Map<Long, Long> values) {
        this.values = Collections.unmodifiableMap(values);
    }

    /**
     * Settings from a map.
     *
     * @param values values by identifier, in the order of the map
     * @return the settings
     */
    public static Http3Settings of(Map<Long, Long> values) {
        return new Http3Settings(new LinkedHashMap<>(values));
    }

    /**
     * Reads the payload of a SETTINGS frame.
     *
     * @param payload the whole payload; its position moves
     * @return the settings
     * @throws ProtocolViolation at connection scope: H3_FRAME_ERROR if the payload ends inside a setting,
     *     H3_SETTINGS_ERROR if an identifier or a value is not allowed, H3_EXCESSIVE_LOAD beyond {@link #MAX_COUNT}
     */
    public static Http3Settings decode(ByteBuffer payload) throws ProtocolViolation {
        Map<Long, Long> values = new LinkedHashMap<>();
        WireReader reader = new WireReader(payload);
        while (reader.remaining() > 0) {
            long identifier = reader.readVarInt();
            long value = identifier == WireReader.NEED_MORE ? WireReader.NEED_MORE : reader.readVarInt();
            //= rfc9114#7.1
            //# a payload that ends inside a field is a connection error
            if (value == WireReader.NEED_MORE) {
                throw ProtocolViolation.connection(
                        Http3ErrorCode.H3_FRAME_ERROR, "RFC 9114, section 7.1", "SETTINGS ends inside a setting");
            }
            check(identifier, value);
            //= rfc9114#7.2.4
            //# a setting that occurs twice may be treated as an error
            if (values.putIfAbsent(identifier, value) != null) {
                throw settingsError("RFC 9114, section 7.2.4", name(identifier) + " occurs twice");
            }
            if (values.size() > MAX_COUNT) {
                throw ProtocolViolation.connection(
                        Http3ErrorCode.H3_EXCESSIVE_LOAD,
                        "RFC 9114, section 10.5",
                        "SETTINGS with more than " + MAX_COUNT + " settings");
            }
        }
        return new Http3Settings(values);
    }

    /**
     * A value.
     *
     * @param identifier which setting
     * @param absent what to answer when it was not sent
     * @return the value, or {@code absent}
     */
    public long get(long identifier, long absent) {
        return values.getOrDefault(identifier, absent);
    }

    /**
     * Whether a setting was sent.
     *
     * @param identifier which setting
     * @return true if it was
     */
    public boolean contains(long identifier) {
        return values.containsKey(identifier);
    }

    /**
     * All settings in order.
     *
     * @return an unmodifiable map
     */
    public Map<Long, Long> asMap() {
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Http3Settings that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        values.forEach((identifier, value) -> text.append(text.length() > 1 ? ", " : "")
                .append(name(identifier))
                .append('=')
                .append(value));
        return text.append('}').toString();
    }

    private static void check(long identifier, long value) throws ProtocolViolation {
        //= rfc9114#7.2.4.1
        //# the identifiers of HTTP/2 settings without a counterpart here are an error when received
        if (identifier == 0x00 || identifier >= 0x02 && identifier <= 0x05) {
            throw settingsError("RFC 9114, section 7.2.4.1", name(identifier) + " belongs to HTTP/2");
        }
        if (value > 1) {
            //= rfc9297#2.1.1
            //# SETTINGS_H3_DATAGRAM is 0 or 1
            if (identifier == SETTINGS_H3_DATAGRAM) {
                throw notBoolean("RFC 9297, section 2.1.1", "SETTINGS_H3_DATAGRAM", value);
            }
            //= rfc8441#3
            //# SETTINGS_ENABLE_CONNECT_PROTOCOL is 0 or 1
            if (identifier == SETTINGS_ENABLE_CONNECT_PROTOCOL) {
                throw notBoolean("RFC 8441, section 3", "SETTINGS_ENABLE_CONNECT_PROTOCOL", value);
            }
            //= draft-ietf-webtrans-http3-02#3.1
            //# SETTINGS_ENABLE_WEBTRANSPORT is 0 or 1
            if (identifier == SETTINGS_ENABLE_WEBTRANSPORT) {
                throw notBoolean("draft-ietf-webtrans-http3-02, section 3.1", "SETTINGS_ENABLE_WEBTRANSPORT", value);
            }
        }
    }

    private static ProtocolViolation notBoolean(String citation, String name, long value) {
        return settingsError(citation, name + " is " + value + "; 0 and 1 are allowed");
    }

    private static ProtocolViolation settingsError(String citation, String message) {
        return ProtocolViolation.connection(Http3ErrorCode.H3_SETTINGS_ERROR, citation, message);
    }

    private static String name(long identifier) {
        return "setting 0x" + Long.toHexString(identifier);
    }
}
