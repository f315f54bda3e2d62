package dev.webtransport.samples.bench.raw;

import dev.webtransport.samples.bench.Checksum;
import dev.webtransport.samples.bench.Pattern;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Blocking streams of the pattern. */
final class KwikStreams {
    private KwikStreams() {}

    /** Sends so many bytes of the pattern. */
    static void send(OutputStream out, long bytes) throws IOException {
        byte[] chunk = new byte[Pattern.CHUNK];
        long sent = 0;
        while (sent < bytes) {
            ByteBuffer piece = Pattern.piece(sent, bytes);
            int length = piece.remaining();
            piece.get(chunk, 0, length);
            out.write(chunk, 0, length);
            sent += length;
        }
    }

    /** What arrives until the end. */
    static Checksum checksum(InputStream in) throws IOException {
        Checksum sum = new Checksum();
        byte[] chunk = new byte[Pattern.CHUNK];
        for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
            sum.add(ByteBuffer.wrap(chunk, 0, length));
        }
        return sum;
    }
}
