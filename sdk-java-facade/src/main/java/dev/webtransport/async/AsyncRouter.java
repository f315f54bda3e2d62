package dev.webtransport.async;

import dev.webtransport.server.Router;
import dev.webtransport.server.SessionInterceptor;
import dev.webtransport.server.SessionInterceptors;
import dev.webtransport.server.SessionRequest;
import dev.webtransport.value.Headers;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.jvm.functions.Function2;
import org.jspecify.annotations.Nullable;

/**
 * Leads each session request to the handler of its path, past interceptors.
 *
 * <pre>{@code
 * AsyncRouter router = new AsyncRouter()
 *         .intercept(SessionInterceptors.loggingInterceptor())
 *         .route("/echo", request -> request.accept().thenCompose(Echo::run))
 *         .route("/chat/{room}", request -> chat(request.pathParameters().get("room"), request));
 * server.serve(router);
 * }</pre>
 *
 * <p>The query takes no part. Paths are compared segment by segment after percent-decoding (RFC 3986, sections 2.1 and
 * 6.2.2.2), letter case counts, and so does a slash at the end. Looked for in this order: routes without a parameter,
 * templates in the order in which they were added, patterns in that order, the default. A request that nothing fits is
 * rejected with 405, one whose path has malformed percent-encoding with 400.
 *
 * <p>WARNING: a parameter is what the client sent: it may be {@code ..}, and hold a slash that was sent as {@code %2F}. It is
 * no file name.
 *
 * <p>For any thread; what is added or removed counts for the requests that come after.
 */
public final class AsyncRouter {
    private final Router router = new Router();

    /** A router without a route. */
    public AsyncRouter() {}

    /**
     * The templates and patterns of the routes, in the order in which they are looked for.
     *
     * @return an immutable list
     */
    public List<String> routes() {
        return Collections.unmodifiableList(router.getRoutes());
    }

    /**
     * Adds a route.
     *
     * @param template a path, {@code /echo}, or one with names in place of whole segments, {@code /chat/{room}}: such a
     *     parameter stands for one segment that is not empty, and the handler finds it in
     *     {@link AsyncSessionRequest#pathParameters()}
     * @param handler answers the request, as that of {@link AsyncServer#serve(SessionHandler)}
     * @return this
     * @throws IllegalArgumentException if the template is malformed, or a route for the same paths is there already
     */
    public AsyncRouter route(String template, SessionHandler handler) {
        router.route(template, called(handler));
        return this;
    }

    /**
     * Adds a route for all paths that a regular expression matches as a whole, as they were sent: percent-encoded, without
     * their query. Its named groups are parameters, and percent-decoded.
     *
     * <p>WARNING: a pattern that backtracks much lets a client occupy a processor.
     *
     * @param pattern the regular expression
     * @param handler answers the request
     * @return this
     * @throws IllegalArgumentException if the same pattern is there already
     */
    public AsyncRouter routePattern(Pattern pattern, SessionHandler handler) {
        router.routePattern(pattern, called(handler));
        return this;
    }

    /**
     * Handles the requests that no route fits, instead of the 405. The last one set counts.
     *
     * @param handler answers the request
     * @return this
     */
    public AsyncRouter routeDefault(SessionHandler handler) {
        router.routeDefault(called(handler));
        return this;
    }

    /**
     * Removes the route of a template, spelled as it was added. Sessions of it live on.
     *
     * @param template the template
     * @return whether it was there
     */
    public boolean removeRoute(String template) {
        return router.removeRoute(template);
    }

    /**
     * Removes the route of a pattern.
     *
     * @param pattern the regular expression, as {@link #routes()} tells it
     * @return whether it was there
     */
    public boolean removePattern(String pattern) {
        return router.removePattern(pattern);
    }

    /**
     * Adds an interceptor behind those that are there. Interceptors see every request, also one that no route fits.
     *
     * @param interceptor the interceptor
     * @return this
     */
    public AsyncRouter intercept(AsyncInterceptor interceptor) {
        Objects.requireNonNull(interceptor, "interceptor");
        router.intercept((chain, end) -> ServerContext.server(end).intercept(interceptor, chain, end));
        return this;
    }

    /**
     * Adds an interceptor of the core, one of {@link SessionInterceptors} for instance, behind those that are there.
     *
     * @param interceptor the interceptor
     * @return this
     */
    public AsyncRouter intercept(SessionInterceptor interceptor) {
        router.intercept(interceptor);
        return this;
    }

    /**
     * Adds an interceptor that lets pass the requests whose fields are accepted; others are rejected with 401. A check that
     * fails is logged, and its request rejected with 500.
     *
     * @param challenge the value of {@code www-authenticate}, which a 401 must have (RFC 9110, section 11.6.1):
     *     {@code Bearer}
     * @param check whether the fields of the request are those of somebody who may come in
     * @return this
     */
    public AsyncRouter authenticate(String challenge, Function<Headers, CompletionStage<Boolean>> check) {
        Objects.requireNonNull(check, "check");
        router.intercept(SessionInterceptors.authInterceptor(
                challenge, (headers, end) -> Calls.awaitValue(check.apply(headers), end)));
        return this;
    }

    /**
     * The same for who wants to know who the client is: what is found is the request's
     * {@link AsyncSessionRequest#principal()}; empty rejects it with 401.
     *
     * @param challenge the value of {@code www-authenticate}
     * @param identify who sent the request
     * @return this
     */
    public AsyncRouter identify(
            String challenge,
            Function<AsyncSessionRequest, ? extends CompletionStage<? extends Optional<?>>> identify) {
        Objects.requireNonNull(identify, "identify");
        router.intercept(SessionInterceptors.principalInterceptor(
                challenge,
                (request, end) -> Calls.awaitValue(
                        identify.apply(ServerContext.server(end).handle(request))
                                .thenApply(found -> found.orElse(null)),
                        end)));
        return this;
    }

    Router core() {
        return router;
    }

    private static Function2<SessionRequest, Continuation<? super Unit>, @Nullable Object> called(
            SessionHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return (request, end) -> ServerContext.server(end).handle(handler, request, end);
    }
}
