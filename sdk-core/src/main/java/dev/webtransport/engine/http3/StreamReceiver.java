package dev.webtransport.engine.http3;

import dev.webtransport.error.ProtocolViolation;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** Takes what QUIC tells about one stream whose bytes are the engine's. What it throws ends the connection. */
interface StreamReceiver {
    /** Bytes, possibly none, possibly the last; takes them all but those behind the preamble of a session's stream. */
    void handleData(ByteBuffer data, Fin fin) throws ProtocolViolation;

    /** The peer's RESET_STREAM. */
    void handleReset(long errorCode) throws ProtocolViolation;

    /** The peer's STOP_SENDING for our half. */
    void handleStopSending(OptionalLong errorCode) throws ProtocolViolation;
}
