package dev.webtransport.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a WebTransport session asks the TLS exporter of its connection for (draft-ietf-webtrans-http3-16, section 4.8). */
public final class SessionExporter {
    /** The label of every export; the application's own label is part of the context. */
    public static final String LABEL = "EXPORTER-WebTransport";

    /** The longest export, in bytes: 255 rounds of the shortest hash, so that it does not depend on the cipher suite. */
    public static final int MAX_LENGTH = 255 * 32;

    private static final int MAX_BYTES = 255;

    private SessionExporter() {}

    /**
     * The context of the TLS exporter that keeps sessions and labels apart.
     *
     * @param sessionId of the session
     * @param label the application's, at most 255 bytes of UTF-8
     * @param context the application's, at most 255 bytes
     * @param length how many bytes are to be exported
     * @return the context
     * @throws IllegalArgumentException if label or context are longer, or length is outside 1 to {@link #MAX_LENGTH}
     */
    public static byte[] context(long sessionId, String label, byte[] context, int length) {
        byte[] name = label.getBytes(StandardCharsets.UTF_8);
        atMost("label", name.length);
        atMost("context", context.length);
        if (length < 1 || length > MAX_LENGTH) {
            throw new IllegalArgumentException("length is " + length + "; it must be 1 to " + MAX_LENGTH + " bytes");
        }
        //= draft-ietf-webtrans-http3-16#4.8
        //# the session id as 64 bits, then label and context, each behind one byte for its length
        return ByteBuffer.allocate(Long.BYTES + 1 + name.length + 1 + context.length)
                .putLong(sessionId)
                .put((byte) name.length)
                .put(name)
                .put((byte) context.length)
                .put(context)
                .array();
    }

    private static void atMost(String what, int bytes) {
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the " + what + " has " + bytes + " bytes; at most " + MAX_BYTES + " are allowed");
        }
    }
}
