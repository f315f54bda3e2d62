package dev.webtransport.async;

import java.util.concurrent.CompletionStage;

/** What an application does with a session request. */
@FunctionalInterface
public interface SessionHandler {
    /**
     * Handles one request: answers it, and does what is to be done with the session.
     *
     * <p>It is called on a thread of the SDK: what blocks belongs on an executor of its own
     * ({@code CompletableFuture.supplyAsync}).
     *
     * @param request the request, not answered yet
     * @return a stage that completes when there is nothing more to do; failing it with
     *     {@link dev.webtransport.server.RejectSessionException}, or throwing that, rejects the request as it says
     */
    CompletionStage<?> handle(AsyncSessionRequest request);
}
