package dev.webtransport.engine.http3;

import dev.webtransport.value.Headers;
import java.util.List;
import java.util.Optional;

/**
 * What a client's application decides about a session it asks for (draft-ietf-webtrans-http3-16, section 3.2); the rest
 * of the request follows from the draft that was negotiated.
 */
public final class SessionParameters {
    private final String authority;
    private final String path;
    private final Optional<String> origin;
    private final Headers headers;
    private final List<String> protocols;

    /**
     * The parameters.
     *
     * @param authority host, with port where it is not 443
     * @param path path with query, beginning with a slash
     * @param origin the Origin to send; empty outside browsers
     * @param headers further fields
     * @param protocols application protocols offered, most preferred first; empty for none
     */
    public SessionParameters(
            String authority, String path, Optional<String> origin, Headers headers, List<String> protocols) {
        this.authority = authority;
        this.path = path;
        this.origin = origin;
        this.headers = headers;
        this.protocols = List.copyOf(protocols);
    }

    /**
     * Host, with port where it is not 443.
     *
     * @return the authority
     */
    public String authority() {
        return authority;
    }

    /**
     * Path with query.
     *
     * @return the path
     */
    public String path() {
        return path;
    }

    /**
     * The Origin to send.
     *
     * @return the origin, or empty
     */
    public Optional<String> origin() {
        return origin;
    }

    /**
     * Further fields.
     *
     * @return the fields
     */
    public Headers headers() {
        return headers;
    }

    /**
     * Application protocols offered, most preferred first.
     *
     * @return an immutable list
     */
    public List<String> protocols() {
        return protocols;
    }
}
