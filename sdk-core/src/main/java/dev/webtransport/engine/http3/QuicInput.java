package dev.webtransport.engine.http3;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** What QUIC tells the engine. */
public sealed interface QuicInput {
    /** Bytes of a stream, in order, possibly none, possibly the last. */
    final class StreamData implements QuicInput {
        private final long streamId;
        private final ByteBuffer data;
        private final Fin fin;

        /**
         * Bytes of a stream.
         *
         * @param streamId the QUIC stream id
         * @param data the engine consumes what it takes; what is left behind the preamble of a session's stream is the
         *     application's
         * @param fin whether the stream ends behind them
         */
        public StreamData(long streamId, ByteBuffer data, Fin fin) {
            this.streamId = streamId;
            this.data = data;
            this.fin = fin;
        }

        /**
         * The QUIC stream id.
         *
         * @return the id
         */
        public long streamId() {
            return streamId;
        }

        /**
         * The bytes; the engine moves the position over what it takes.
         *
         * @return the buffer itself
         */
        public ByteBuffer data() {
            return data;
        }

        /**
         * Whether the stream ends behind them.
         *
         * @return the flag
         */
        public Fin fin() {
            return fin;
        }

        @Override
        public String toString() {
            return "StreamData(" + streamId + ", " + data.remaining() + " bytes, fin " + fin + ")";
        }
    }

    /** The peer abandoned its half of a stream: RESET_STREAM or RESET_STREAM_AT, after the bytes that are reliable. */
    final class StreamReset implements QuicInput {
        private final long streamId;
        private final long errorCode;

        /**
         * The peer's reset.
         *
         * @param streamId the QUIC stream id
         * @param errorCode the code on the wire
         */
        public StreamReset(long streamId, long errorCode) {
            this.streamId = streamId;
            this.errorCode = errorCode;
        }

        /**
         * The QUIC stream id.
         *
         * @return the id
         */
        public long streamId() {
            return streamId;
        }

        /**
         * The code on the wire.
         *
         * @return the code
         */
        public long errorCode() {
            return errorCode;
        }

        @Override
        public String toString() {
            return "StreamReset(" + streamId + ", 0x" + Long.toHexString(errorCode) + ")";
        }
    }

    /** The peer wants no more of our half of a stream: STOP_SENDING. */
    final class SendingStopped implements QuicInput {
        private final long streamId;
        private final OptionalLong errorCode;

        /**
         * The peer's STOP_SENDING.
         *
         * @param streamId the QUIC stream id
         * @param errorCode the code on the wire; empty when the QUIC engine does not tell
         */
        public SendingStopped(long streamId, OptionalLong errorCode) {
            this.streamId = streamId;
            this.errorCode = errorCode;
        }

        /**
         * The QUIC stream id.
         *
         * @return the id
         */
        public long streamId() {
            return streamId;
        }

        /**
         * The code on the wire; empty when the QUIC engine does not tell.
         *
         * @return the code
         */
        public OptionalLong errorCode() {
            return errorCode;
        }

        @Override
        public String toString() {
            return "SendingStopped(" + streamId + ", " + errorCode + ")";
        }
    }

    /** The payload of a QUIC DATAGRAM frame (RFC 9221). */
    final class Datagram implements QuicInput {
        private final ByteBuffer payload;

        /**
         * A datagram.
         *
         * @param payload belongs to the engine from now on, and to the application when it is handed out
         */
        public Datagram(ByteBuffer payload) {
            this.payload = payload;
        }

        /**
         * The payload of the frame.
         *
         * @return the buffer itself
         */
        public ByteBuffer payload() {
            return payload;
        }

        @Override
        public String toString() {
            return "Datagram(" + payload.remaining() + " bytes)";
        }
    }
}
