package dev.webtransport.server

import java.util.regex.Pattern

/**
 * Leads each session request to the handler of its path, past interceptors.
 *
 * ```
 * val router = Router()
 *     .intercept(loggingInterceptor())
 *     .route("/echo") { request -> echo(request.accept()) }
 *     .route("/chat/{room}") { request -> chat(request.pathParameters.getValue("room"), request.accept()) }
 * server.serve(router)
 * ```
 *
 * The query takes no part. Paths are compared segment by segment after percent-decoding (RFC 3986, sections 2.1 and 6.2.2.2),
 * letter case counts, and so does a slash at the end. Looked for in this order: routes without a parameter, templates in the
 * order in which they were added, patterns in that order, the default. A request that nothing fits is rejected
 * with 405, one whose path has malformed percent-encoding with 400.
 *
 * WARNING: a parameter is what the client sent: it may be `..`, and hold a slash that was sent as `%2F`. It is no file name.
 *
 * For any thread; what is added or removed counts for the requests that come after.
 */
public class Router {
    @Volatile
    private var table = RouteTable()

    /** The templates and patterns of the routes, in the order in which they are looked for. */
    public val routes: List<String> get() = table.names()

    /**
     * Adds a route.
     *
     * @param template a path, `/echo`, or one with names in place of whole segments, `/chat/{room}`: such a parameter stands for
     *   one segment that is not empty, and the handler finds it in [SessionRequest.pathParameters]
     * @param handler answers the request, as that of [WebTransportServer.serve]
     * @throws IllegalArgumentException if the template is malformed, or a route for the same paths is there already
     */
    public fun route(template: String, handler: suspend (SessionRequest) -> Unit): Router =
        change { it.plus(PathTemplate.parse(template), handler) }

    /**
     * Adds a route for all paths that a regular expression matches as a whole, as they were sent: percent-encoded, without their
     * query. Its named groups are parameters, and percent-decoded.
     *
     * WARNING: a pattern that backtracks much lets a client occupy a processor; a path may be as long as
     * [dev.webtransport.config.Http3Config.maxFieldSectionSize].
     *
     * @throws IllegalArgumentException if the same pattern is there already
     */
    public fun routePattern(pattern: Pattern, handler: suspend (SessionRequest) -> Unit): Router =
        change { it.plus(PathPattern(pattern), handler) }

    /** Handles the requests that no route fits, instead of the 405. The last one set counts. */
    public fun routeDefault(handler: suspend (SessionRequest) -> Unit): Router = change { it.copy(default = Route(null, handler)) }

    /**
     * Adds an interceptor behind those that are there. Interceptors see every request, also one that no route fits.
     */
    public fun intercept(interceptor: SessionInterceptor): Router = change { it.copy(interceptors = it.interceptors + interceptor) }

    /**
     * Removes the route of a template, spelled as in [route]. Sessions of it live on.
     *
     * @return whether it was there
     */
    public fun removeRoute(template: String): Boolean = remove { it.minus(PathTemplate.parse(template)) }

    /**
     * Removes the route of a pattern.
     *
     * @param pattern the regular expression, as [routes] tells it
     * @return whether it was there
     */
    public fun removePattern(pattern: String): Boolean = remove { it.minusPattern(pattern) }

    /**
     * Handles one request, and returns when it was handled. [WebTransportServer.serve] does this for every request, and answers
     * those that fail; for those who take their requests themselves.
     *
     * Cancellation: cancels the interceptors and the handler.
     *
     * @throws RejectSessionException if the request is to be rejected; also whatever else fails in a handler
     */
    public suspend fun handle(request: SessionRequest) {
        val now = table
        val found = now.find(request.path)
        request.route = found?.route?.name
        request.pathParameters = found?.parameters.orEmpty()
        SessionChain(request, now.interceptors, 0, found?.route?.handler ?: {}).proceed()
    }

    private fun change(step: (RouteTable) -> RouteTable): Router {
        synchronized(this) { table = step(table) }
        return this
    }

    private fun remove(step: (RouteTable) -> RouteTable): Boolean =
        synchronized(this) {
            val before = table
            table = step(before)
            table !== before
        }
}
