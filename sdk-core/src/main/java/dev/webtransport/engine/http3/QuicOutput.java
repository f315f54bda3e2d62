package dev.webtransport.engine.http3;

import dev.webtransport.error.Http3ErrorCode;
import java.nio.ByteBuffer;

/** What the engine asks of QUIC; to be carried out in the order given. */
public sealed interface QuicOutput {
    /** Write these bytes, on the control stream or on a request stream, then FIN if so. */
    final class SendStream implements QuicOutput {
        private final long streamId;
        private final ByteBuffer data;
        private final boolean fin;

        SendStream(long streamId, ByteBuffer data, boolean fin) {
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
         * The bytes, possibly none.
         *
         * @return a buffer that is the driver's from now on
         */
        public ByteBuffer data() {
            return data;
        }

        /**
         * Whether our half ends behind them.
         *
         * @return true for FIN
         */
        public boolean fin() {
            return fin;
        }

        @Override
        public String toString() {
            return "SendStream(" + streamId + ", " + data.remaining() + " bytes" + (fin ? ", FIN" : "") + ")";
        }
    }

    /** Abandon our half: RESET_STREAM; RESET_STREAM_AT where we sent a preamble and the peer knows the extension. */
    final class ResetStream implements QuicOutput {
        private final long streamId;
        private final long errorCode;

        ResetStream(long streamId, long errorCode) {
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
            return "ResetStream(" + streamId + ", " + Http3ErrorCode.describe(errorCode) + ")";
        }
    }

    /** Refuse more of the peer's half: STOP_SENDING. */
    final class StopSending implements QuicOutput {
        private final long streamId;
        private final long errorCode;

        StopSending(long streamId, long errorCode) {
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
            return "StopSending(" + streamId + ", " + Http3ErrorCode.describe(errorCode) + ")";
        }
    }

    /** End the connection with an application error code; nothing follows. */
    final class CloseConnection implements QuicOutput {
        private final long errorCode;
        private final String reason;

        CloseConnection(long errorCode, String reason) {
            this.errorCode = errorCode;
            this.reason = reason;
        }

        /**
         * The code on the wire.
         *
         * @return the code
         */
        public long errorCode() {
            return errorCode;
        }

        /**
         * What went wrong, for the peer's log.
         *
         * @return the text
         */
        public String reason() {
            return reason;
        }

        @Override
        public String toString() {
            return "CloseConnection(" + Http3ErrorCode.describe(errorCode) + ", \"" + reason + "\")";
        }
    }
}
