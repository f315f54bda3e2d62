package dev.webtransport.async;

import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.server.SessionRequest;
import dev.webtransport.session.WebTransportConnection;
import dev.webtransport.session.WebTransportSession;
import dev.webtransport.value.Headers;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client's request for a session: to be accepted or rejected, once, within
 * {@link dev.webtransport.config.ServerConfig#requestTimeout()}. Its origin was checked already.
 */
public final class AsyncSessionRequest {
    private static final int FORBIDDEN = 403;

    private final SessionRequest request;
    private final Handles<WebTransportConnection, AsyncConnection> connections;
    private final Calls calls;

    AsyncSessionRequest(
            SessionRequest request, Handles<WebTransportConnection, AsyncConnection> connections, Calls calls) {
        this.request = request;
        this.connections = connections;
        this.calls = calls;
    }

    /**
     * The host, and the port if it is not 443, that the client asked for.
     *
     * @return the authority
     */
    public String authority() {
        return request.getAuthority();
    }

    /**
     * The path that the client asked for, with its query.
     *
     * @return the path
     */
    public String path() {
        return request.getPath();
    }

    /**
     * The fields of the request, without pseudo-header fields.
     *
     * @return the fields
     */
    public Headers headers() {
        return request.getHeaders();
    }

    /**
     * The origin of the web page that asks.
     *
     * @return the origin, or empty when the client is no browser
     */
    public Optional<String> origin() {
        return Optional.ofNullable(request.getOrigin());
    }

    /**
     * The subprotocols that the client offers, most wanted first.
     *
     * @return an immutable list
     */
    public List<String> offeredProtocols() {
        return Collections.unmodifiableList(request.getOfferedProtocols());
    }

    /**
     * The client's address now.
     *
     * @return the address
     */
    public InetSocketAddress remoteAddress() {
        return request.getRemoteAddress();
    }

    /**
     * The generation of WebTransport that both ends speak.
     *
     * @return the draft
     */
    public WebTransportDraft draft() {
        return request.getDraft();
    }

    /**
     * The HTTP/3 settings that the client declared, by identifier.
     *
     * @return an immutable map
     */
    public Map<Long, Long> peerSettings() {
        return Collections.unmodifiableMap(request.getPeerSettings());
    }

    /**
     * What a router read out of the path, percent-decoded, by the names of its route.
     *
     * @return an immutable map; empty where no router was asked
     */
    public Map<String, String> pathParameters() {
        return Collections.unmodifiableMap(request.getPathParameters());
    }

    /**
     * The template or pattern of the route that a router found.
     *
     * @return the route; empty where no router was asked, or none fits
     */
    public Optional<String> route() {
        return Optional.ofNullable(request.getRoute());
    }

    /**
     * Who the client is, as an interceptor said: {@link #principal(Object)}, {@link AsyncRouter#identify}.
     *
     * @return whatever that one has set; empty before
     */
    public Optional<Object> principal() {
        return Optional.ofNullable(request.getPrincipal());
    }

    /**
     * Says who the client is, to the interceptors and the handler that come after.
     *
     * @param principal whatever they understand, or null for nobody
     */
    public void principal(@Nullable Object principal) {
        request.setPrincipal(principal);
    }

    /**
     * Accepts the request without a subprotocol or fields of the answer, as {@link #accept(String, Headers)} does.
     *
     * @return completes with the session; fails as there
     */
    public CompletableFuture<AsyncSession> accept() {
        return accept(null, Headers.EMPTY);
    }

    /**
     * Accepts the request with a subprotocol, as {@link #accept(String, Headers)} does.
     *
     * @param protocol one of {@link #offeredProtocols()}
     * @return completes with the session; fails as there
     */
    public CompletableFuture<AsyncSession> accept(String protocol) {
        return accept(protocol, Headers.EMPTY);
    }

    /**
     * Accepts the request (status 200). The session stands at once.
     *
     * <p>Fails with {@link dev.webtransport.error.TransportUnavailableException} if the client has gone meanwhile, with
     * {@link IllegalArgumentException} if the protocol was not offered, with {@link IllegalStateException} if the request
     * was answered already.
     *
     * <p>Cancellation: the session may stand nevertheless, and is then closed.
     *
     * @param protocol the subprotocol chosen, one of {@link #offeredProtocols()}, or null for none
     * @param headers fields of the answer
     * @return completes with the session; fails as said above
     */
    public CompletableFuture<AsyncSession> accept(@Nullable String protocol, Headers headers) {
        return calls.<WebTransportSession, AsyncSession>call(
                done -> request.accept(protocol, headers, done),
                session -> connections.of(session.getConnection()).handle(session),
                late -> AsyncSession.abandon(late, calls));
    }

    /**
     * Rejects the request with status 403, as {@link #reject(int, Headers)} does.
     *
     * @return completes when the answer was handed over; fails as there
     */
    public CompletableFuture<@Nullable Void> reject() {
        return reject(FORBIDDEN, Headers.EMPTY);
    }

    /**
     * Rejects the request, as {@link #reject(int, Headers)} does.
     *
     * @param status 300 to 599
     * @return completes when the answer was handed over; fails as there
     */
    public CompletableFuture<@Nullable Void> reject(int status) {
        return reject(status, Headers.EMPTY);
    }

    /**
     * Rejects the request. Nothing happens if the client has gone meanwhile.
     *
     * <p>Fails with {@link IllegalArgumentException} if the status says no rejection, with {@link IllegalStateException}
     * if the request was answered already.
     *
     * <p>Cancellation: the request is rejected nevertheless.
     *
     * @param status 300 to 599
     * @param headers fields of the answer
     * @return completes when the answer was handed over; fails as said above
     */
    public CompletableFuture<@Nullable Void> reject(int status, Headers headers) {
        return calls.call(done -> request.reject(status, headers, done));
    }

    @Override
    public String toString() {
        return request.toString();
    }
}
