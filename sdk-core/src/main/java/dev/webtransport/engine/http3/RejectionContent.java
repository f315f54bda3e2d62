package dev.webtransport.engine.http3;

import dev.webtransport.codec.ConnectResponse;
import dev.webtransport.engine.EngineEvent;
import dev.webtransport.error.SessionRejectedException;
import dev.webtransport.wire.WireWriter;
import java.nio.ByteBuffer;

/**
 * Client: an answer other than 2xx and the content behind it, as far as it is kept (RFC 9110, section 6.4; RFC 9114,
 * section 4.1).
 */
final class RejectionContent {
    private final ConnectResponse response;
    private final WireWriter content = new WireWriter(0);

    RejectionContent(ConnectResponse response) {
        this.response = response;
    }

    /** Takes what came, up to the bound; true when no more is wanted. */
    boolean add(ByteBuffer payload) {
        int room = SessionRejectedException.MAX_BODY_BYTES - content.size();
        ByteBuffer fits = payload.slice();
        if (fits.remaining() > room) {
            byte[] first = new byte[room];
            fits.get(first);
            fits = ByteBuffer.wrap(first);
        }
        content.bytes(fits);
        return content.size() >= SessionRejectedException.MAX_BODY_BYTES;
    }

    EngineEvent event(long sessionId) {
        ByteBuffer kept = content.toByteBuffer();
        byte[] body = new byte[kept.remaining()];
        kept.get(body);
        return new EngineEvent.SessionRejected(
                sessionId, response.status(), response.headers(), body, "the server answered " + response.status());
    }
}
