package dev.webtransport.async;

import java.util.concurrent.CompletionStage;

/**
 * Stands between the arrival of a session request and its handler: lets it pass, rejects it, or waits for how it ends.
 *
 * <pre>{@code
 * router.intercept(chain -> chain.request().headers().first("x-tenant").isEmpty()
 *         ? chain.request().reject(400)
 *         : chain.proceed());
 * }</pre>
 */
@FunctionalInterface
public interface AsyncInterceptor {
    /**
     * Handles a request, as a rule by calling {@link AsyncSessionChain#proceed()}, or by rejecting it. One that does neither
     * leaves it unanswered, which rejects it with 405. It is called on a thread of the SDK.
     *
     * @param chain the request, and what comes after
     * @return a stage that completes when the request was handled; failing it with
     *     {@link dev.webtransport.server.RejectSessionException}, or throwing that, rejects the request as it says
     */
    CompletionStage<?> intercept(AsyncSessionChain chain);
}
