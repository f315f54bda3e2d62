package dev.webtransport.engine.http3;

import dev.webtransport.codec.ConnectRequest;
import dev.webtransport.codec.ConnectResponse;
import dev.webtransport.value.Headers;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Server: the HEADERS frames that answer a request for a session (draft-ietf-webtrans-http3-16, sections 3.2 and 3.3). */
final class SessionAnswer {
    private SessionAnswer() {}

    static ByteBuffer acceptance(ConnectRequest request, @Nullable String protocol, Headers headers) {
        ConnectResponse.Builder response = ConnectResponse.builder(200);
        if (protocol != null) {
            //= draft-ietf-webtrans-http3-16#3.3
            //# the protocol of the answer is one of those the client offered
            if (!request.offeredProtocols().contains(protocol)) {
                throw new IllegalArgumentException(
                        "the client did not offer \"" + protocol + "\" but " + request.offeredProtocols());
            }
            response.protocol(protocol);
        }
        if (request.isDraft02()) {
            response.draft02();
        }
        return RequestStream.encode(response, headers);
    }

    static ByteBuffer rejection(int status, Headers headers, ByteBuffer content) {
        if (status < 300 || status > 599) {
            throw new IllegalArgumentException("status " + status + " rejects nothing; use 300 to 599");
        }
        //= rfc9110#15.4.5
        //# a 304 has no content
        if (status == 304 && content.hasRemaining()) {
            throw new IllegalArgumentException("an answer with status 304 has no content");
        }
        return RequestStream.encode(ConnectResponse.builder(status), headers);
    }
}
