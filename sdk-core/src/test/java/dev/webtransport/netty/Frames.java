package dev.webtransport.netty;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Writes payloads of packets. */
final class Frames {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static Frames frames() {
        return new Frames();
    }

    static byte[] stopSending(long streamId, long errorCode) {
        return frames().bytes(0x05).varInts(streamId, errorCode).build();
    }

    /** One STREAM frame without a length, as senders fill packets. */
    static byte[] streamData(int length) {
        return frames().bytes(0x0c).varInts(4, 1_000).filling(length).build();
    }

    Frames bytes(int... values) {
        for (int value : values) {
            out.write(value);
        }
        return this;
    }

    Frames varInts(long... values) {
        for (long value : values) {
            if (value < 1L << 6) {
                out.write((int) value);
            } else if (value < 1L << 14) {
                bytes((int) (value >>> 8) | 0x40, (int) value);
            } else if (value < 1L << 30) {
                out.writeBytes(
                        ByteBuffer.allocate(4).putInt((int) value | 0x80000000).array());
            } else {
                out.writeBytes(ByteBuffer.allocate(8).putLong(value | 3L << 62).array());
            }
        }
        return this;
    }

    /** Bytes that look like STOP_SENDING frames to whoever reads them as frames. */
    Frames filling(int length) {
        for (int i = 0; i < length; i++) {
            out.write(0x05);
        }
        return this;
    }

    Frames then(byte[] frame) {
        out.writeBytes(frame);
        return this;
    }

    byte[] build() {
        return out.toByteArray();
    }
}
