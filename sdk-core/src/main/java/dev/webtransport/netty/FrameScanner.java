package dev.webtransport.netty;

import org.jspecify.annotations.Nullable;

/**
 * Walks the frames of a 1-RTT packet in search of STOP_SENDING (RFC 9000 sections 12.4 and 19, RFC 9221 section 4).
 *
 * <p>Any bytes may be given: the walk ends at the end of the payload at the latest, and never throws.
 */
final class FrameScanner {
    /** What a walk found. */
    enum Outcome {
        /** All frames were walked, and none was STOP_SENDING. */
        NONE,
        /** There is STOP_SENDING. */
        STOP_SENDING,
        /** A frame of an unknown type, which hides what follows it; before it no STOP_SENDING. */
        UNKNOWN_FRAME,
        /** A frame goes beyond the end of the payload: this is no payload that a peer sends. */
        MALFORMED,
    }

    /** Takes what was found. */
    @FunctionalInterface
    interface Sink {
        void stopSending(long streamId, long errorCode);
    }

    private static final int PADDING = 0x00;
    private static final int PING = 0x01;
    private static final int ACK = 0x02;
    private static final int ACK_ECN = 0x03;
    private static final int RESET_STREAM = 0x04;
    private static final int STOP_SENDING = 0x05;
    private static final int CRYPTO = 0x06;
    private static final int NEW_TOKEN = 0x07;
    private static final int STREAM = 0x08;
    private static final int STREAM_LAST = 0x0f;
    private static final int STREAM_OFF_BIT = 0x04;
    private static final int STREAM_LEN_BIT = 0x02;
    private static final int MAX_DATA = 0x10;
    private static final int MAX_STREAM_DATA = 0x11;
    private static final int MAX_STREAMS_BIDIRECTIONAL = 0x12;
    private static final int MAX_STREAMS_UNIDIRECTIONAL = 0x13;
    private static final int DATA_BLOCKED = 0x14;
    private static final int STREAM_DATA_BLOCKED = 0x15;
    private static final int STREAMS_BLOCKED_BIDIRECTIONAL = 0x16;
    private static final int STREAMS_BLOCKED_UNIDIRECTIONAL = 0x17;
    private static final int NEW_CONNECTION_ID = 0x18;
    private static final int RETIRE_CONNECTION_ID = 0x19;
    private static final int PATH_CHALLENGE = 0x1a;
    private static final int PATH_RESPONSE = 0x1b;
    private static final int CONNECTION_CLOSE = 0x1c;
    private static final int CONNECTION_CLOSE_APPLICATION = 0x1d;
    private static final int HANDSHAKE_DONE = 0x1e;
    private static final int DATAGRAM = 0x30;
    private static final int DATAGRAM_LEN = 0x31;

    private static final int RESET_TOKEN_LENGTH = 16;
    private static final int PATH_DATA_LENGTH = 8;

    private final FrameBytes payload;
    private final int length;
    private int at;
    private boolean beyondEnd;

    private FrameScanner(FrameBytes payload) {
        this.payload = payload;
        this.length = payload.length();
    }

    /**
     * Walks a payload.
     *
     * @param payload any bytes
     * @param sink takes every STOP_SENDING before the first frame that cannot be walked; null to stop at the first one
     * @return what was found
     */
    static Outcome scan(FrameBytes payload, @Nullable Sink sink) {
        return new FrameScanner(payload).scan(sink);
    }

    private Outcome scan(@Nullable Sink sink) {
        boolean found = false;
        while (at < length) {
            int type = payload.at(at++);
            if (type == STOP_SENDING) {
                long streamId = varInt();
                long errorCode = varInt();
                if (beyondEnd) {
                    return found ? Outcome.STOP_SENDING : Outcome.MALFORMED;
                }
                if (sink == null) {
                    return Outcome.STOP_SENDING;
                }
                sink.stopSending(streamId, errorCode);
                found = true;
            } else if (!skip(type)) {
                return found ? Outcome.STOP_SENDING : Outcome.UNKNOWN_FRAME;
            } else if (beyondEnd) {
                return found ? Outcome.STOP_SENDING : Outcome.MALFORMED;
            }
        }
        return found ? Outcome.STOP_SENDING : Outcome.NONE;
    }

    /** Goes behind a frame whose type was read; false if the type is unknown (all known ones have one byte). */
    private boolean skip(int type) {
        if (type >= STREAM && type <= STREAM_LAST) {
            skipStream(type);
            return true;
        }
        switch (type) {
            case PADDING -> {
                // Packets that probe the path are all padding.
                while (at < length && payload.at(at) == PADDING) {
                    at++;
                }
            }
            case PING, HANDSHAKE_DONE -> {}
            case ACK, ACK_ECN -> skipAck(type);
            case RESET_STREAM -> skipVarInts(3);
            case CRYPTO -> {
                skipVarInts(1);
                skipBytes(varInt());
            }
            case NEW_TOKEN, DATAGRAM_LEN -> skipBytes(varInt());
            case MAX_DATA,
                    MAX_STREAMS_BIDIRECTIONAL,
                    MAX_STREAMS_UNIDIRECTIONAL,
                    DATA_BLOCKED,
                    STREAMS_BLOCKED_BIDIRECTIONAL,
                    STREAMS_BLOCKED_UNIDIRECTIONAL,
                    RETIRE_CONNECTION_ID -> skipVarInts(1);
            case MAX_STREAM_DATA, STREAM_DATA_BLOCKED -> skipVarInts(2);
            case NEW_CONNECTION_ID -> {
                skipVarInts(2);
                skipBytes(at < length ? 1L + payload.at(at) : 1);
                skipBytes(RESET_TOKEN_LENGTH);
            }
            case PATH_CHALLENGE, PATH_RESPONSE -> skipBytes(PATH_DATA_LENGTH);
            case CONNECTION_CLOSE -> {
                skipVarInts(2);
                skipBytes(varInt());
            }
            case CONNECTION_CLOSE_APPLICATION -> {
                skipVarInts(1);
                skipBytes(varInt());
            }
            case DATAGRAM -> at = length;
            default -> {
                return false;
            }
        }
        return true;
    }

    private void skipStream(int type) {
        skipVarInts((type & STREAM_OFF_BIT) != 0 ? 2 : 1);
        if ((type & STREAM_LEN_BIT) != 0) {
            skipBytes(varInt());
        } else {
            at = length;
        }
    }

    private void skipAck(int type) {
        skipVarInts(2); // Largest Acknowledged, ACK Delay
        long ranges = varInt();
        skipVarInts(1); // First ACK Range
        // Each range has at least two bytes, so a count that lies ends at the end of the payload.
        for (long i = 0; i < ranges && !beyondEnd; i++) {
            skipVarInts(2);
        }
        if (type == ACK_ECN) {
            skipVarInts(3);
        }
    }

    private void skipVarInts(int count) {
        for (int i = 0; i < count; i++) {
            if (at >= length) {
                beyondEnd = true;
                return;
            }
            skipBytes(1L << (payload.at(at) >>> 6));
        }
    }

    private void skipBytes(long count) {
        if (count > length - at) {
            beyondEnd = true;
            at = length;
        } else {
            at += (int) count;
        }
    }

    /** Reads a variable-length integer (RFC 9000 section 16). */
    private long varInt() {
        if (at >= length) {
            beyondEnd = true;
            return 0;
        }
        int first = payload.at(at);
        int bytes = 1 << (first >>> 6);
        if (bytes > length - at) {
            beyondEnd = true;
            at = length;
            return 0;
        }
        long value = first & 0x3f;
        for (int i = 1; i < bytes; i++) {
            value = value << 8 | payload.at(at + i);
        }
        at += bytes;
        return value;
    }
}
