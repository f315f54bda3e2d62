package dev.webtransport.async;

import dev.webtransport.server.SessionChain;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What comes after an interceptor: the interceptors behind it, and the handler of the route at last. */
public final class AsyncSessionChain {
    private final SessionChain chain;
    private final AsyncSessionRequest request;
    private final Calls calls;

    AsyncSessionChain(SessionChain chain, AsyncSessionRequest request, Calls calls) {
        this.chain = chain;
        this.request = request;
        this.calls = calls;
    }

    /**
     * The request that is on its way.
     *
     * @return the request
     */
    public AsyncSessionRequest request() {
        return request;
    }

    /**
     * Hands the request on. As handlers often live as long as their session, it may be long after the request was answered
     * until it was handled.
     *
     * <p>Fails with {@link dev.webtransport.server.RejectSessionException} if somebody behind rejects so, with whatever else
     * fails there, with {@link IllegalStateException} if this was called before.
     *
     * <p>Cancellation: cancels the handler.
     *
     * @return completes when the request was handled; fails as said above
     */
    public CompletableFuture<@Nullable Void> proceed() {
        return calls.call(chain::proceed);
    }
}
