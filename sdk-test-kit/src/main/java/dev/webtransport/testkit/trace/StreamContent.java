package dev.webtransport.testkit.trace;

import dev.webtransport.error.ProtocolViolation;
import java.nio.ByteBuffer;

/** Reads the bytes of one direction of a stream and writes down what they say. */
interface StreamContent {
    /**
     * Reads on.
     *
     * @param bytes the next bytes, at least one; its position moves behind what was taken, at least one
     * @return who reads what is left, and what comes later
     * @throws ProtocolViolation if what was taken breaks a rule
     */
    StreamContent read(ByteBuffer bytes) throws ProtocolViolation;

    /**
     * The stream ended cleanly behind the bytes.
     *
     * @throws ProtocolViolation if it must not end there
     */
    void end() throws ProtocolViolation;
}
