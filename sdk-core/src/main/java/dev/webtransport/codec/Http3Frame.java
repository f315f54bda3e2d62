package dev.webtransport.codec;

import java.nio.ByteBuffer;

/** A frame of HTTP/3, or a piece of one, as {@link Http3FrameReader} delivers it (RFC 9114, section 7.2). */
public sealed interface Http3Frame {

    /**
     * The type on the wire.
     *
     * @return a {@link Http3FrameType} or an unknown number
     */
    long type();

    /**
     * A piece of the payload of a DATA frame; where frames begin and end is not told. Empty for an empty frame only.
     */
    final class Data implements Http3Frame {
        private final ByteBuffer payload;

        Data(ByteBuffer payload) {
            this.payload = payload;
        }

        /**
         * The bytes.
         *
         * @return a view with a position of its own, valid for as long as it is held
         */
        public ByteBuffer payload() {
            return payload.duplicate();
        }

        @Override
        public long type() {
            return Http3FrameType.DATA;
        }

        @Override
        public String toString() {
            return "DATA of " + payload.remaining() + " bytes";
        }
    }

    /** A HEADERS frame, its field section still encoded; {@link FieldSection} decodes it. */
    final class Headers implements Http3Frame {
        private final ByteBuffer fieldSection;

        Headers(ByteBuffer fieldSection) {
            this.fieldSection = fieldSection;
        }

        /**
         * The encoded field section.
         *
         * @return a view with a position of its own, valid for as long as it is held
         */
        public ByteBuffer fieldSection() {
            return fieldSection.duplicate();
        }

        @Override
        public long type() {
            return Http3FrameType.HEADERS;
        }

        @Override
        public String toString() {
            return "HEADERS of " + fieldSection.remaining() + " bytes";
        }
    }

    /** A SETTINGS frame. */
    final class Settings implements Http3Frame {
        private final Http3Settings settings;

        Settings(Http3Settings settings) {
            this.settings = settings;
        }

        /**
         * What the peer announced.
         *
         * @return the settings
         */
        public Http3Settings settings() {
            return settings;
        }

        @Override
        public long type() {
            return Http3FrameType.SETTINGS;
        }

        @Override
        public String toString() {
            return "SETTINGS " + settings;
        }
    }

    /** A GOAWAY frame. Whether the id makes sense is for the engine to say. */
    final class GoAway implements Http3Frame {
        private final long id;

        GoAway(long id) {
            this.id = id;
        }

        /**
         * A stream id from a server, a push id from a client.
         *
         * @return 0 to 2^62-1
         */
        public long id() {
            return id;
        }

        @Override
        public long type() {
            return Http3FrameType.GOAWAY;
        }

        @Override
        public String toString() {
            return "GOAWAY " + id;
        }
    }

    /** CANCEL_PUSH, MAX_PUSH_ID or the beginning of PUSH_PROMISE; the content is passed over. */
    final class PushRelated implements Http3Frame {
        private final long type;

        PushRelated(long type) {
            this.type = type;
        }

        @Override
        public long type() {
            return type;
        }

        @Override
        public String toString() {
            return "push frame 0x" + Long.toHexString(type);
        }
    }

    /**
     * The beginning of a frame of an unknown or reserved type; the payload is passed over. It is told because the first
     * frame of a control stream must be SETTINGS.
     */
    final class Unknown implements Http3Frame {
        private final long type;
        private final long length;

        Unknown(long type, long length) {
            this.type = type;
            this.length = length;
        }

        /**
         * How long the payload claims to be.
         *
         * @return bytes, 0 to 2^62-1
         */
        public long length() {
            return length;
        }

        @Override
        public long type() {
            return type;
        }

        @Override
        public String toString() {
            return "unknown frame 0x" + Long.toHexString(type);
        }
    }
}
