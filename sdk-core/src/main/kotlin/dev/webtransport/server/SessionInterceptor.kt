package dev.webtransport.server

/**
 * Stands between the arrival of a session request and its handler: lets it pass, rejects it, or waits for how it ends.
 *
 * ```
 * router.intercept { chain ->
 *     if (chain.request.headers.first("x-tenant").isEmpty) throw RejectSessionException(400)
 *     chain.proceed()
 * }
 * ```
 */
public fun interface SessionInterceptor {
    /**
     * Handles a request, as a rule by calling [SessionChain.proceed], or by rejecting it. One that does neither leaves it
     * unanswered, which rejects it with 405.
     *
     * Cancellation: the server was closed, or no longer serves; pass it on.
     *
     * @throws RejectSessionException to reject the request with a status and headers
     */
    public suspend fun intercept(chain: SessionChain)
}

/** What comes after an interceptor: the interceptors behind it, and the handler of the route at last. */
public class SessionChain internal constructor(
    /** The request that is on its way. */
    public val request: SessionRequest,
    private val interceptors: List<SessionInterceptor>,
    private val next: Int,
    private val handler: suspend (SessionRequest) -> Unit,
) {
    private var hasProceeded = false

    /**
     * Hands the request on, and returns when it was handled. As handlers often live as long as their session, that may be
     * long after the request was answered.
     *
     * Cancellation: cancels the handler.
     *
     * @throws RejectSessionException if somebody behind rejects so; also whatever else fails there
     * @throws IllegalStateException if this was called before
     */
    public suspend fun proceed() {
        check(!hasProceeded) { "an interceptor handed $request on already; proceed() is for one call" }
        hasProceeded = true
        if (next == interceptors.size) {
            handler(request)
        } else {
            interceptors[next].intercept(SessionChain(request, interceptors, next + 1, handler))
        }
    }
}
