package dev.webtransport.flupke;

import dev.webtransport.value.CloseInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import tech.kwik.flupke.webtransport.WebTransportStream;

/** Whole streams by Flupke's blocking interface, and data to check them by. */
final class FlupkeStreams {
    private FlupkeStreams() {}

    /** Sends all of it and ends the sending half. */
    static void send(WebTransportStream stream, byte[] data) throws IOException {
        try (OutputStream out = stream.getOutputStream()) {
            out.write(data);
        }
    }

    /** What Flupke tells of the end: it reads the code with a sign. */
    static CloseInfo closeInfo(long code, String reason) {
        return CloseInfo.of(code & 0xffff_ffffL, reason);
    }

    /** Sends back what comes, as it comes, and ends when the peer has ended. */
    static void copy(InputStream in, OutputStream out) throws IOException {
        in.transferTo(out);
        out.close();
    }

    /** Data without a pattern, the same for a seed. */
    static byte[] data(int size, long seed) {
        byte[] data = new byte[size];
        new Random(seed).nextBytes(data);
        return data;
    }

    static String sha256(byte[] data) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(data));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every JVM has SHA-256", impossible);
        }
    }
}
