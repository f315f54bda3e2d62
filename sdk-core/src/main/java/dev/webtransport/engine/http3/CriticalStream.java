package dev.webtransport.engine.http3;

import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** A stream of the peer that must live as long as the connection (RFC 9114 section 6.2.1, RFC 9204 section 4.2). */
abstract class CriticalStream implements StreamReceiver {
    private final String name;
    private final String citation;

    CriticalStream(String name, String citation) {
        this.name = name;
        this.citation = citation;
    }

    abstract void handleBytes(ByteBuffer data) throws ProtocolViolation;

    @Override
    public final void handleData(ByteBuffer data, Fin fin) throws ProtocolViolation {
        handleBytes(data);
        //= rfc9114#6.2.1
        //# a control stream that is closed is a connection error
        //= rfc9204#4.2
        //# so is a QPACK stream that is closed
        if (fin == Fin.YES) {
            throw closed("ended");
        }
    }

    @Override
    public final void handleReset(long errorCode) throws ProtocolViolation {
        throw closed("was reset with " + Http3ErrorCode.describe(errorCode));
    }

    @Override
    public final void handleStopSending(OptionalLong errorCode) {
        // The peer opened it, for one direction: there is no half of ours to stop.
    }

    private ProtocolViolation closed(String how) {
        return ProtocolViolation.connection(
                Http3ErrorCode.H3_CLOSED_CRITICAL_STREAM, citation, "the peer's " + name + " " + how);
    }
}
