package dev.webtransport.codec;

import dev.webtransport.value.Headers;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A well-formed request: one for a session of WebTransport, or any other, which the engine has to turn down. */
public sealed interface IncomingRequest permits ConnectRequest, IncomingRequest.Other {

    /** A request that is not for WebTransport: a plain CONNECT, another protocol, another method. */
    final class Other implements IncomingRequest {
        private final String method;
        private final @Nullable String protocol;
        private final @Nullable String path;
        private final Headers headers;

        Other(String method, @Nullable String protocol, @Nullable String path, Headers headers) {
            this.method = method;
            this.protocol = protocol;
            this.path = path;
            this.headers = headers;
        }

        /**
         * The method.
         *
         * @return for example {@code GET}
         */
        public String method() {
            return method;
        }

        /**
         * The protocol of an extended CONNECT.
         *
         * @return for example {@code websocket}; empty when there is none
         */
        public Optional<String> protocol() {
            return Optional.ofNullable(protocol);
        }

        /**
         * The path.
         *
         * @return path and query; empty for a plain CONNECT
         */
        public Optional<String> path() {
            return Optional.ofNullable(path);
        }

        /**
         * The fields of the request.
         *
         * @return everything but pseudo-header fields
         */
        public Headers headers() {
            return headers;
        }

        @Override
        public String toString() {
            return method + " " + (protocol == null ? "" : protocol + " ") + (path == null ? "" : path);
        }
    }
}
