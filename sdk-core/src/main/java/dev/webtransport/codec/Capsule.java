package dev.webtransport.codec;

import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;

/**
 * A message on the CONNECT stream of a session (RFC 9297 section 3.2, draft-ietf-webtrans-http3-16 sections 4.7, 5.6,
 * 6).
 */
public sealed interface Capsule {

    /** WT_CLOSE_SESSION: the session ends. */
    final class CloseSession implements Capsule {
        private final CloseInfo info;

        CloseSession(CloseInfo info) {
            this.info = info;
        }

        /**
         * The code and reason of the peer's application.
         *
         * @return the value
         */
        public CloseInfo info() {
            return info;
        }

        @Override
        public String toString() {
            return "WT_CLOSE_SESSION " + info;
        }
    }

    /** WT_DRAIN_SESSION: the peer asks to bring the session to an end. */
    final class DrainSession implements Capsule {
        DrainSession() {}

        @Override
        public String toString() {
            return "WT_DRAIN_SESSION";
        }
    }

    /** WT_MAX_DATA: how many bytes may be sent on all streams of the session in all its life. */
    final class MaxData implements Capsule {
        private final long maxData;

        MaxData(long maxData) {
            this.maxData = maxData;
        }

        /**
         * The limit.
         *
         * @return bytes, 0 to 2^62-1
         */
        public long maxData() {
            return maxData;
        }

        @Override
        public String toString() {
            return "WT_MAX_DATA " + maxData;
        }
    }

    /** WT_MAX_STREAMS: how many streams of a kind may be opened in all the life of the session. */
    final class MaxStreams implements Capsule {
        private final StreamType streamType;
        private final long maxStreams;

        MaxStreams(StreamType streamType, long maxStreams) {
            this.streamType = streamType;
            this.maxStreams = maxStreams;
        }

        /**
         * Which kind of stream.
         *
         * @return the kind
         */
        public StreamType streamType() {
            return streamType;
        }

        /**
         * The limit.
         *
         * @return streams, 0 to 2^60
         */
        public long maxStreams() {
            return maxStreams;
        }

        @Override
        public String toString() {
            return "WT_MAX_STREAMS " + streamType + " " + maxStreams;
        }
    }

    /** WT_DATA_BLOCKED: the peer has more to send than the limit allows. */
    final class DataBlocked implements Capsule {
        private final long limit;

        DataBlocked(long limit) {
            this.limit = limit;
        }

        /**
         * The limit at which the peer stands.
         *
         * @return bytes, 0 to 2^62-1
         */
        public long limit() {
            return limit;
        }

        @Override
        public String toString() {
            return "WT_DATA_BLOCKED " + limit;
        }
    }

    /** WT_STREAMS_BLOCKED: the peer would open more streams than the limit allows. */
    final class StreamsBlocked implements Capsule {
        private final StreamType streamType;
        private final long limit;

        StreamsBlocked(StreamType streamType, long limit) {
            this.streamType = streamType;
            this.limit = limit;
        }

        /**
         * Which kind of stream.
         *
         * @return the kind
         */
        public StreamType streamType() {
            return streamType;
        }

        /**
         * The limit at which the peer stands.
         *
         * @return streams, 0 to 2^60
         */
        public long limit() {
            return limit;
        }

        @Override
        public String toString() {
            return "WT_STREAMS_BLOCKED " + streamType + " " + limit;
        }
    }

    /** DATAGRAM: a datagram that travels reliably. */
    final class Datagram implements Capsule {
        private final ByteBuffer payload;

        Datagram(ByteBuffer payload) {
            this.payload = payload;
        }

        /**
         * The payload of the application.
         *
         * @return a view with a position of its own, valid for as long as it is held
         */
        public ByteBuffer payload() {
            return payload.duplicate();
        }

        @Override
        public String toString() {
            return "DATAGRAM of " + payload.remaining() + " bytes";
        }
    }

    /** WT_MAX_STREAM_DATA or WT_STREAM_DATA_BLOCKED, which have no place in HTTP/3; the content is passed over. */
    final class PerStreamFlowControl implements Capsule {
        private final long type;

        PerStreamFlowControl(long type) {
            this.type = type;
        }

        /**
         * Which of the two.
         *
         * @return a {@link CapsuleType}
         */
        public long type() {
            return type;
        }

        @Override
        public String toString() {
            return type == CapsuleType.WT_MAX_STREAM_DATA ? "WT_MAX_STREAM_DATA" : "WT_STREAM_DATA_BLOCKED";
        }
    }

    /** The beginning of a capsule of an unknown or reserved type; the content is passed over. */
    final class Unknown implements Capsule {
        private final long type;
        private final long length;

        Unknown(long type, long length) {
            this.type = type;
            this.length = length;
        }

        /**
         * The type on the wire.
         *
         * @return none of {@link CapsuleType}
         */
        public long type() {
            return type;
        }

        /**
         * How long the content claims to be.
         *
         * @return bytes, 0 to 2^62-1
         */
        public long length() {
            return length;
        }

        @Override
        public String toString() {
            return "unknown capsule 0x" + Long.toHexString(type);
        }
    }
}
