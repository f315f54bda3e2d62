package dev.webtransport.engine;

import dev.webtransport.codec.ConnectRequest;
import dev.webtransport.codec.Http3Settings;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.flow.CreditKind;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Initiator;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What an engine tells its driver, in the order it happened. Sessions and streams are named by their ids. */
public sealed interface EngineEvent {
    /** The peer's SETTINGS are here: sessions may be asked for, or will be asked for. */
    final class PeerReady implements EngineEvent {
        private final WebTransportDraft draft;
        private final Http3Settings settings;

        /**
         * The event.
         *
         * @param draft the newest draft both ends know
         * @param settings what the peer sent. Whether datagrams flow is in there
         */
        public PeerReady(WebTransportDraft draft, Http3Settings settings) {
            this.draft = draft;
            this.settings = settings;
        }

        /**
         * The newest draft both ends know.
         *
         * @return the draft
         */
        public WebTransportDraft draft() {
            return draft;
        }

        /**
         * What the peer sent. Whether datagrams flow is in there.
         *
         * @return the settings
         */
        public Http3Settings settings() {
            return settings;
        }

        @Override
        public String toString() {
            return "PeerReady(" + draft + ", " + settings + ")";
        }
    }

    /** Client: this server will give no session on this connection. */
    final class RequirementsNotMet implements EngineEvent {
        private final String message;

        /**
         * The event.
         *
         * @param message what is missing, and what the server sent instead
         */
        public RequirementsNotMet(String message) {
            this.message = message;
        }

        /**
         * What is missing, and what the server sent instead.
         *
         * @return the message
         */
        public String message() {
            return message;
        }

        @Override
        public String toString() {
            return "RequirementsNotMet(" + message + ")";
        }
    }

    /** Server: a client asks for a session. Answer with accept or reject. */
    final class SessionRequested implements EngineEvent {
        private final long sessionId;
        private final ConnectRequest request;

        /**
         * The event.
         *
         * @param sessionId the id of the session: that of its CONNECT stream
         * @param request the request, checked
         */
        public SessionRequested(long sessionId, ConnectRequest request) {
            this.sessionId = sessionId;
            this.request = request;
        }

        /**
         * The id of the session: that of its CONNECT stream.
         *
         * @return the id
         */
        public long sessionId() {
            return sessionId;
        }

        /**
         * The request, checked.
         *
         * @return the request
         */
        public ConnectRequest request() {
            return request;
        }

        @Override
        public String toString() {
            return "SessionRequested(" + sessionId + ", " + request.path() + ")";
        }
    }

    /** Client: the server answered 2xx. */
    final class SessionEstablished implements EngineEvent {
        private final long sessionId;
        private final Headers headers;
        private final Optional<String> protocol;

        /**
         * The event.
         *
         * @param sessionId the id of the session
         * @param headers the fields of the answer
         * @param protocol the application protocol the server chose, if one of those offered
         */
        public SessionEstablished(long sessionId, Headers headers, Optional<String> protocol) {
            this.sessionId = sessionId;
            this.headers = headers;
            this.protocol = protocol;
        }

        /**
         * The id of the session.
         *
         * @return the id
         */
        public long sessionId() {
            return sessionId;
        }

        /**
         * The fields of the answer.
         *
         * @return the headers
         */
        public Headers headers() {
            return headers;
        }

        /**
         * The application protocol the server chose, if one of those offered.
         *
         * @return the protocol
         */
        public Optional<String> protocol() {
            return protocol;
        }

        @Override
        public String toString() {
            return "SessionEstablished(" + sessionId + ", " + headers + ", " + protocol + ")";
        }
    }

    /** Client: there will be no such session. */
    final class SessionRejected implements EngineEvent {
        private final long sessionId;
        private final int status;
        private final Headers headers;
        private final byte[] body;
        private final String message;

        /**
         * The event.
         *
         * @param sessionId the id of the request
         * @param status the HTTP status; 0 when the request ended without an answer
         * @param headers the fields of the answer; empty without one
         * @param body the content of the answer, as far as it is kept; empty without one
         * @param message what happened
         */
        public SessionRejected(long sessionId, int status, Headers headers, byte[] body, String message) {
            this.sessionId = sessionId;
            this.status = status;
            this.headers = headers;
            this.body = body;
            this.message = message;
        }

        /**
         * The id of the request.
         *
         * @return the id
         */
        public long sessionId() {
            return sessionId;
        }

        /**
         * The HTTP status; 0 when the request ended without an answer.
         *
         * @return the status
         */
        public int status() {
            return status;
        }

        /**
         * The fields of the answer; empty without one.
         *
         * @return the headers
         */
        public Headers headers() {
            return headers;
        }

        /**
         * The content of the answer, as far as it is kept; empty without one.
         *
         * @return the bytes, not a copy
         */
        public byte[] body() {
            return body;
        }

        /**
         * What happened.
         *
         * @return the message
         */
        public String message() {
            return message;
        }

        @Override
        public String toString() {
            return "SessionRejected(" + sessionId + ", " + status + ", " + headers + ", " + message + ")";
        }
    }

    /** Server: a request that was not answered yet is gone; do not answer it any more. */
    final class SessionRequestGone implements EngineEvent {
        private final long sessionId;

        /**
         * The event.
         *
         * @param sessionId the id of the request
         */
        public SessionRequestGone(long sessionId) {
            this.sessionId = sessionId;
        }

        /**
         * The id of the request.
         *
         * @return the id
         */
        public long sessionId() {
            return sessionId;
        }

        @Override
        public String toString() {
            return "SessionRequestGone(" + sessionId + ")";
        }
    }

    /** The peer would like the session to end soon: WT_DRAIN_SESSION or GOAWAY. At most once per session. */
    final class SessionDraining implements EngineEvent {
        private final long sessionId;

        /**
         * The event.
         *
         * @param sessionId the id of the session
         */
        public SessionDraining(long sessionId) {
            this.sessionId = sessionId;
        }

        /**
         * The id of the session.
         *
         * @return the id
         */
        public long sessionId() {
            return sessionId;
        }

        @Override
        public String toString() {
            return "SessionDraining(" + sessionId + ")";
        }
    }

    /** The peer answered {@code askForQuiet}: no stream of the session is under way there. */
    final class PeerQuiet implements EngineEvent {
        private final long sessionId;

        /**
         * The event.
         *
         * @param sessionId the id of the session
         */
        public PeerQuiet(long sessionId) {
            this.sessionId = sessionId;
        }

        /**
         * The id of the session.
         *
         * @return the id
         */
        public long sessionId() {
            return sessionId;
        }

        @Override
        public String toString() {
            return "PeerQuiet(" + sessionId + ")";
        }
    }

    /**
     * The end of an established session is decided. Exactly once per established session; every stream of it is over.
     */
    final class SessionClosed implements EngineEvent {
        private final long sessionId;
        private final CloseInfo info;
        private final Initiator initiator;
        private final @Nullable ProtocolViolation violation;

        /**
         * The event.
         *
         * @param sessionId the id of the session
         * @param info the code and reason; {@link CloseInfo#NORMAL} where none came
         * @param initiator which end ended it
         * @param violation the rule that was broken, or null for an end in order. With LOCAL we complain about the
         *     peer; with REMOTE the peer reset the CONNECT stream with this wire code
         */
        public SessionClosed(
                long sessionId, CloseInfo info, Initiator initiator, @Nullable ProtocolViolation violation) {
            this.sessionId = sessionId;
            this.info = info;
            this.initiator = initiator;
            this.violation = violation;
        }

        /**
         * The id of the session.
         *
         * @return the id
         */
        public long sessionId() {
            return sessionId;
        }

        /**
         * The code and reason; {@link CloseInfo#NORMAL} where none came.
         *
         * @return the info
         */
        public CloseInfo info() {
            return info;
        }

        /**
         * Which end ended it.
         *
         * @return the initiator
         */
        public Initiator initiator() {
            return initiator;
        }

        /**
         * The rule that was broken, or null for an end in order. With LOCAL we complain about the peer; with REMOTE the
         * peer reset the CONNECT stream with this wire code.
         *
         * @return the violation, or null
         */
        public @Nullable ProtocolViolation violation() {
            return violation;
        }

        @Override
        public String toString() {
            return "SessionClosed(" + sessionId + ", " + info + ", " + initiator + ", " + violation + ")";
        }
    }

    /**
     * After SessionClosed: the CONNECT stream is over both ways, or the wait for it was cut. Nothing of the session is
     * left.
     */
    final class SessionEnded implements EngineEvent {
        private final long sessionId;

        /**
         * The event.
         *
         * @param sessionId the id of the session
         */
        public SessionEnded(long sessionId) {
            this.sessionId = sessionId;
        }

        /**
         * The id of the session.
         *
         * @return the id
         */
        public long sessionId() {
            return sessionId;
        }

        @Override
        public String toString() {
            return "SessionEnded(" + sessionId + ")";
        }
    }

    /** A stream of the peer is ready for the application. Its first byte is the next one in QUIC. */
    final class IncomingStream implements EngineEvent {
        private final long sessionId;
        private final long streamId;
        private final StreamType type;

        /**
         * The event.
         *
         * @param sessionId the id of the session
         * @param streamId the QUIC stream id
         * @param type which kind it is
         */
        public IncomingStream(long sessionId, long streamId, StreamType type) {
            this.sessionId = sessionId;
            this.streamId = streamId;
            this.type = type;
        }

        /**
         * The id of the session.
         *
         * @return the id
         */
        public long sessionId() {
            return sessionId;
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
         * Which kind it is.
         *
         * @return the type
         */
        public StreamType type() {
            return type;
        }

        @Override
        public String toString() {
            return "IncomingStream(" + sessionId + ", " + streamId + ", " + type + ")";
        }
    }

    /** A datagram of a session. */
    final class DatagramReceived implements EngineEvent {
        private final long sessionId;
        private final ByteBuffer payload;

        /**
         * The event.
         *
         * @param sessionId the id of the session
         * @param payload what the peer's application sent; the receiver's from now on
         */
        public DatagramReceived(long sessionId, ByteBuffer payload) {
            this.sessionId = sessionId;
            this.payload = payload;
        }

        /**
         * The id of the session.
         *
         * @return the id
         */
        public long sessionId() {
            return sessionId;
        }

        /**
         * What the peer's application sent; the receiver's from now on.
         *
         * @return the payload
         */
        public ByteBuffer payload() {
            return payload;
        }

        @Override
        public String toString() {
            return "DatagramReceived(" + sessionId + ", " + payload.remaining() + " bytes" + ")";
        }
    }

    /** The peer sent GOAWAY: no new sessions on this connection. SessionDraining tells each session that lives. */
    final class GoAwayReceived implements EngineEvent {
        /** The event. */
        public GoAwayReceived() {}

        @Override
        public String toString() {
            return "GoAwayReceived()";
        }
    }

    /** A change of a session's credit. */
    sealed interface OfCredit extends EngineEvent permits CreditRaised, PeerBlocked {
        /**
         * The id of the session.
         *
         * @return the id
         */
        long sessionId();

        /**
         * What there is more of, or too little.
         *
         * @return the kind
         */
        CreditKind kind();

        /**
         * The limit, counted from the beginning of the session.
         *
         * @return bytes or streams
         */
        long limit();
    }

    /**
     * The peer broke a rule of the connection; QuicOutput.CloseConnection goes with it. SessionClosed came before for
     * each established session; requests without an answer are over with this.
     */
    final class ConnectionFailed implements EngineEvent {
        private final ProtocolViolation violation;

        /**
         * The event.
         *
         * @param violation the rule
         */
        public ConnectionFailed(ProtocolViolation violation) {
            this.violation = violation;
        }

        /**
         * The rule.
         *
         * @return the violation
         */
        public ProtocolViolation violation() {
            return violation;
        }

        @Override
        public String toString() {
            return "ConnectionFailed(" + violation + ")";
        }
    }
}
