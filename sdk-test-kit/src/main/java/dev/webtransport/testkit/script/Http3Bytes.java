package dev.webtransport.testkit.script;

import dev.webtransport.codec.CapsuleWriter;
import dev.webtransport.codec.ConnectRequest;
import dev.webtransport.codec.ConnectResponse;
import dev.webtransport.codec.FieldSection;
import dev.webtransport.codec.Http3FrameWriter;
import dev.webtransport.codec.Http3Settings;
import dev.webtransport.codec.Http3StreamType;
import dev.webtransport.codec.HttpDatagram;
import dev.webtransport.codec.StreamPreamble;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What peers say, as bytes: valid elements of HTTP/3 and WebTransport, and the parts of which invalid ones are made. Each call
 * makes an array of its own.
 */
public final class Http3Bytes {
    private static final int HEX = 16;

    private Http3Bytes() {}

    /**
     * Bytes that are written down.
     *
     * @param digits two for each byte; white space means nothing
     * @return the bytes
     * @throws IllegalArgumentException if it is not hexadecimal, or half a byte is missing
     */
    public static byte[] hex(String digits) {
        String dense = digits.replaceAll("\\s", "");
        if (dense.length() % 2 != 0) {
            throw new IllegalArgumentException(
                    "half a byte is missing: \"" + digits + "\" has an odd number of digits");
        }
        byte[] bytes = new byte[dense.length() / 2];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (digit(dense, 2 * i) << 4 | digit(dense, 2 * i + 1));
        }
        return bytes;
    }

    /**
     * One after the other.
     *
     * @param parts in order
     * @return all of them
     */
    public static byte[] join(byte[]... parts) {
        WireWriter whole = new WireWriter();
        for (byte[] part : parts) {
            whole.bytes(part);
        }
        return array(whole.toByteBuffer());
    }

    /**
     * A variable-length integer in its shortest form (RFC 9000, section 16).
     *
     * @param value 0 to 2^62-1
     * @return 1, 2, 4 or 8 bytes
     */
    public static byte[] varInt(long value) {
        return array(new WireWriter().varInt(value).toByteBuffer());
    }

    /**
     * A frame of any type and content (RFC 9114, section 7.1).
     *
     * @param type valid or not
     * @param payload valid or not
     * @return type, length and payload
     */
    public static byte[] frame(long type, byte[] payload) {
        return typeLengthValue(type, payload);
    }

    /**
     * A capsule of any type and content (RFC 9297, section 3.2). It belongs into {@link #data}.
     *
     * @param type valid or not
     * @param payload valid or not
     * @return type, length and payload
     */
    public static byte[] capsule(long type, byte[] payload) {
        return typeLengthValue(type, payload);
    }

    /**
     * The settings of a client that wants sessions of draft 16 (draft-ietf-webtrans-http3-16, section 3.1), to be used or changed.
     *
     * @return values by identifier
     */
    public static Map<Long, Long> clientSettings() {
        Map<Long, Long> settings = new LinkedHashMap<>();
        settings.put(Http3Settings.SETTINGS_H3_DATAGRAM, 1L);
        settings.put(Http3Settings.SETTINGS_WT_ENABLED, 1L);
        return settings;
    }

    /**
     * The settings of a server that offers sessions of draft 16 (draft-ietf-webtrans-http3-16, section 3.1), to be used or changed.
     *
     * @return values by identifier
     */
    public static Map<Long, Long> serverSettings() {
        Map<Long, Long> settings = clientSettings();
        settings.put(Http3Settings.SETTINGS_ENABLE_CONNECT_PROTOCOL, 1L);
        return settings;
    }

    /**
     * A SETTINGS frame (RFC 9114, section 7.2.4).
     *
     * @param settings values by identifier
     * @return the frame
     */
    public static byte[] settings(Map<Long, Long> settings) {
        return array(Http3FrameWriter.settings(settings));
    }

    /**
     * How a control stream begins: its type, then SETTINGS (RFC 9114, section 6.2.1).
     *
     * @param settings values by identifier
     * @return both
     */
    public static byte[] controlStream(Map<Long, Long> settings) {
        return join(varInt(Http3StreamType.CONTROL), settings(settings));
    }

    /**
     * A GOAWAY frame (RFC 9114, section 7.2.6).
     *
     * @param id of a request stream from a server, of a push from a client
     * @return the frame
     */
    public static byte[] goAway(long id) {
        return array(Http3FrameWriter.goAway(id));
    }

    /**
     * A HEADERS frame of any fields, encoded with QPACK (RFC 9114, section 7.2.2).
     *
     * @param fields names and values, valid or not
     * @return the frame
     */
    public static byte[] headers(List<Map.Entry<String, String>> fields) {
        return array(Http3FrameWriter.headers(FieldSection.encode(fields)));
    }

    /**
     * The HEADERS frame that asks for a session (draft-ietf-webtrans-http3-16, section 3.2).
     *
     * @param authority the host
     * @param path begins with a slash
     * @return the frame
     */
    public static byte[] request(String authority, String path) {
        return headers(ConnectRequest.builder(authority, path).build().toFields());
    }

    /**
     * The HEADERS frame that answers a request.
     *
     * @param status 2xx for yes
     * @return the frame
     */
    public static byte[] answer(int status) {
        return headers(ConnectResponse.builder(status).build().toFields());
    }

    /**
     * A DATA frame (RFC 9114, section 7.2.1).
     *
     * @param payload on a CONNECT stream capsules, or parts of them
     * @return the frame
     */
    public static byte[] data(byte[] payload) {
        return array(Http3FrameWriter.data(ByteBuffer.wrap(payload)));
    }

    /**
     * WT_CLOSE_SESSION (draft-ietf-webtrans-http3-16, section 6). It belongs into {@link #data}.
     *
     * @param code of the application
     * @param reason of the application
     * @return the capsule
     */
    public static byte[] closeSession(long code, String reason) {
        return array(CapsuleWriter.closeSession(CloseInfo.of(code, reason)));
    }

    /**
     * WT_DRAIN_SESSION (draft-ietf-webtrans-http3-16, section 4.7). It belongs into {@link #data}.
     *
     * @return the capsule
     */
    public static byte[] drainSession() {
        return array(CapsuleWriter.drainSession());
    }

    /**
     * How a unidirectional stream of a session begins (draft-ietf-webtrans-http3-16, section 4.2).
     *
     * @param sessionId of a session, or not
     * @return type and session
     */
    public static byte[] unidirectionalStream(long sessionId) {
        return array(StreamPreamble.unidirectional(sessionId));
    }

    /**
     * How a bidirectional stream of a session begins (draft-ietf-webtrans-http3-16, section 4.3).
     *
     * @param sessionId of a session, or not
     * @return signal and session
     */
    public static byte[] bidirectionalStream(long sessionId) {
        return array(StreamPreamble.bidirectional(sessionId));
    }

    /**
     * A datagram of a session (draft-ietf-webtrans-http3-16, section 4.5).
     *
     * @param sessionId a multiple of 4
     * @param payload of the application
     * @return what goes into a datagram of QUIC
     */
    public static byte[] datagram(long sessionId, byte[] payload) {
        return array(HttpDatagram.encode(sessionId, ByteBuffer.wrap(payload)));
    }

    private static byte[] typeLengthValue(long type, byte[] payload) {
        return array(new WireWriter()
                .varInt(type)
                .varInt(payload.length)
                .bytes(payload)
                .toByteBuffer());
    }

    private static int digit(String digits, int index) {
        int value = Character.digit(digits.charAt(index), HEX);
        if (value < 0) {
            throw new IllegalArgumentException("'" + digits.charAt(index) + "' is no hexadecimal digit");
        }
        return value;
    }

    private static byte[] array(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
