package dev.webtransport.testkit.quic;

import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What travels between two {@link QuicEndpoint}s: the frames of QUIC that concern applications, as values (RFC 9000, section
 * 19; RFC 9221). Packets, encryption, loss recovery and path validation do not exist here.
 */
public sealed interface QuicFrame {
    /** Bytes of a stream, and perhaps its end: STREAM (RFC 9000, section 19.8). */
    final class Stream implements QuicFrame {
        private final long streamId;
        private final long offset;
        private final byte[] data;
        private final boolean fin;

        Stream(long streamId, long offset, byte[] data, boolean fin) {
            this.streamId = streamId;
            this.offset = offset;
            this.data = data;
            this.fin = fin;
        }

        /**
         * The stream id.
         *
         * @return the id
         */
        public long streamId() {
            return streamId;
        }

        /**
         * Where in the stream the bytes stand.
         *
         * @return the number of bytes before them
         */
        public long offset() {
            return offset;
        }

        /**
         * The bytes, possibly none.
         *
         * @return a read-only view
         */
        public ByteBuffer data() {
            return ByteBuffer.wrap(data).asReadOnlyBuffer();
        }

        /**
         * How many bytes there are.
         *
         * @return the length
         */
        public int length() {
            return data.length;
        }

        /**
         * Whether the stream ends behind the bytes.
         *
         * @return true with FIN
         */
        public boolean fin() {
            return fin;
        }

        /**
         * The first bytes, without FIN; for networks that cut frames.
         *
         * @param count how many bytes, 0 to {@link #length()}
         * @return a shorter frame
         */
        public Stream prefix(int count) {
            return new Stream(streamId, offset, Arrays.copyOf(data, count), false);
        }

        /**
         * The reset of a stream of which this was the last frame; for networks that forge one.
         *
         * @param errorCode the application error code
         * @param reliableSize how many bytes are delivered before it
         * @return the reset
         */
        public ResetStream resetBehind(long errorCode, long reliableSize) {
            return new ResetStream(streamId, errorCode, offset + data.length, reliableSize);
        }

        byte[] bytes() {
            return data;
        }

        @Override
        public int size() {
            return STREAM_HEADER + data.length;
        }

        @Override
        public String toString() {
            return "STREAM " + streamId + " " + data.length + (fin ? " FIN" : "");
        }
    }

    /**
     * The sender abandons a stream: RESET_STREAM (RFC 9000, section 19.4), or RESET_STREAM_AT if bytes are to be delivered
     * before it (draft-ietf-quic-reliable-stream-reset).
     */
    final class ResetStream implements QuicFrame {
        private final long streamId;
        private final long errorCode;
        private final long finalSize;
        private final long reliableSize;

        ResetStream(long streamId, long errorCode, long finalSize, long reliableSize) {
            this.streamId = streamId;
            this.errorCode = errorCode;
            this.finalSize = finalSize;
            this.reliableSize = reliableSize;
        }

        /**
         * The stream id.
         *
         * @return the id
         */
        public long streamId() {
            return streamId;
        }

        /**
         * The application error code.
         *
         * @return the code
         */
        public long errorCode() {
            return errorCode;
        }

        /**
         * How many bytes were sent on the stream, which both ends count as spent credit.
         *
         * @return the number of bytes
         */
        public long finalSize() {
            return finalSize;
        }

        /**
         * How many bytes the receiver reads before it sees the reset.
         *
         * @return the number of bytes; 0 for RESET_STREAM
         */
        public long reliableSize() {
            return reliableSize;
        }

        @Override
        public String toString() {
            return (reliableSize == 0 ? "RESET_STREAM " : "RESET_STREAM_AT ") + streamId + " 0x"
                    + Long.toHexString(errorCode);
        }
    }

    /** The receiver wants no more of a stream: STOP_SENDING (RFC 9000, section 19.5). */
    final class StopSending implements QuicFrame {
        private final long streamId;
        private final long errorCode;

        StopSending(long streamId, long errorCode) {
            this.streamId = streamId;
            this.errorCode = errorCode;
        }

        /**
         * The stream id.
         *
         * @return the id
         */
        public long streamId() {
            return streamId;
        }

        /**
         * The application error code.
         *
         * @return the code
         */
        public long errorCode() {
            return errorCode;
        }

        @Override
        public String toString() {
            return "STOP_SENDING " + streamId + " 0x" + Long.toHexString(errorCode);
        }
    }

    /** Credit for the bytes of all streams together: MAX_DATA (RFC 9000, section 19.9). */
    final class MaxData implements QuicFrame {
        private final long limit;

        MaxData(long limit) {
            this.limit = limit;
        }

        /**
         * The highest sum of offsets that may be sent.
         *
         * @return the number of bytes since the connection began
         */
        public long limit() {
            return limit;
        }

        @Override
        public String toString() {
            return "MAX_DATA " + limit;
        }
    }

    /** Credit for the bytes of one stream: MAX_STREAM_DATA (RFC 9000, section 19.10). */
    final class MaxStreamData implements QuicFrame {
        private final long streamId;
        private final long limit;

        MaxStreamData(long streamId, long limit) {
            this.streamId = streamId;
            this.limit = limit;
        }

        /**
         * The stream id.
         *
         * @return the id
         */
        public long streamId() {
            return streamId;
        }

        /**
         * The highest offset that may be sent.
         *
         * @return the number of bytes since the stream began
         */
        public long limit() {
            return limit;
        }

        @Override
        public String toString() {
            return "MAX_STREAM_DATA " + streamId + " " + limit;
        }
    }

    /** Credit for streams: MAX_STREAMS (RFC 9000, section 19.11). */
    final class MaxStreams implements QuicFrame {
        private final StreamType type;
        private final long limit;

        MaxStreams(StreamType type, long limit) {
            this.type = type;
            this.limit = limit;
        }

        /**
         * Which kind of stream.
         *
         * @return the type
         */
        public StreamType type() {
            return type;
        }

        /**
         * How many may be opened.
         *
         * @return the number of streams since the connection began
         */
        public long limit() {
            return limit;
        }

        @Override
        public String toString() {
            return "MAX_STREAMS " + type + " " + limit;
        }
    }

    /** An unreliable datagram: DATAGRAM (RFC 9221, section 4). */
    final class Datagram implements QuicFrame {
        private final byte[] payload;

        Datagram(byte[] payload) {
            this.payload = payload;
        }

        /**
         * The payload.
         *
         * @return a read-only view
         */
        public ByteBuffer payload() {
            return ByteBuffer.wrap(payload).asReadOnlyBuffer();
        }

        byte[] bytes() {
            return payload;
        }

        @Override
        public int size() {
            return FRAME + payload.length;
        }

        @Override
        public String toString() {
            return "DATAGRAM " + payload.length;
        }
    }

    /** A sign of life: PING (RFC 9000, section 19.2). */
    final class Ping implements QuicFrame {
        static final Ping INSTANCE = new Ping();

        private Ping() {}

        @Override
        public String toString() {
            return "PING";
        }
    }

    /** Something has arrived: ACK (RFC 9000, section 19.3). Here it only keeps idle timers going. */
    final class Ack implements QuicFrame {
        static final Ack INSTANCE = new Ack();

        private Ack() {}

        @Override
        public String toString() {
            return "ACK";
        }
    }

    /** The end of the connection by an application: CONNECTION_CLOSE of type 0x1d (RFC 9000, section 19.19). */
    final class ConnectionClose implements QuicFrame {
        private final long errorCode;
        private final String reason;

        ConnectionClose(long errorCode, String reason) {
            this.errorCode = errorCode;
            this.reason = reason;
        }

        /**
         * The application error code.
         *
         * @return the code
         */
        public long errorCode() {
            return errorCode;
        }

        /**
         * The reason phrase.
         *
         * @return the text
         */
        public String reason() {
            return reason;
        }

        @Override
        public String toString() {
            return "CONNECTION_CLOSE 0x" + Long.toHexString(errorCode) + " \"" + reason + "\"";
        }
    }

    /** About what a frame without payload takes of a packet, in bytes. */
    int FRAME = 3;

    /** About what stands before the bytes of a STREAM frame. */
    int STREAM_HEADER = 6;

    /**
     * How many bytes of a packet the frame takes, about; what bandwidth is counted in.
     *
     * @return the number of bytes
     */
    default int size() {
        return FRAME;
    }
}
