package dev.webtransport.server

/** Who handles a request; without a name where it is for no path in particular. */
internal class Route(val name: String?, val handler: suspend (SessionRequest) -> Unit)

/** A route that fits, and what it read out of the path. */
internal class Found(val route: Route, val parameters: Map<String, String> = emptyMap())

/** The routes and interceptors of a router at one moment. Immutable. */
internal class RouteTable(
    private val exact: Map<List<String>, Route> = emptyMap(),
    private val templates: List<Pair<PathTemplate, Route>> = emptyList(),
    private val patterns: List<Pair<PathPattern, Route>> = emptyList(),
    private val default: Route? = null,
    val interceptors: List<SessionInterceptor> = emptyList(),
) {
    fun copy(
        exact: Map<List<String>, Route> = this.exact,
        templates: List<Pair<PathTemplate, Route>> = this.templates,
        patterns: List<Pair<PathPattern, Route>> = this.patterns,
        default: Route? = this.default,
        interceptors: List<SessionInterceptor> = this.interceptors,
    ): RouteTable = RouteTable(exact, templates, patterns, default, interceptors)

    fun plus(template: PathTemplate, handler: suspend (SessionRequest) -> Unit): RouteTable {
        val same = if (template.isExact) {
            exact[template.segments()]?.name
        } else {
            templates
                .find {
                    it.first.hasShapeOf(
                        template,
                    )
                }?.second
                ?.name
        }
        require(same == null) { "route \"$template\" is there already, as \"$same\"; remove that one first" }
        val route = Route(template.toString(), handler)
        return if (template.isExact) {
            copy(exact = exact + (template.segments() to route))
        } else {
            copy(templates = templates + (template to route))
        }
    }

    fun plus(pattern: PathPattern, handler: suspend (SessionRequest) -> Unit): RouteTable {
        require(patterns.none { it.second.name == pattern.text() }) { "pattern \"${pattern.text()}\" is there already; remove it first" }
        return copy(patterns = patterns + (pattern to Route(pattern.text(), handler)))
    }

    /** This very table when there is no such route. */
    fun minus(template: PathTemplate): RouteTable =
        if (template.isExact) {
            if (template.segments() in exact) copy(exact = exact - listOf(template.segments()).toSet()) else this
        } else {
            if (templates.any {
                    it.first.hasShapeOf(
                        template,
                    )
                }
            ) {
                copy(templates = templates.filterNot { it.first.hasShapeOf(template) })
            } else {
                this
            }
        }

    /** The same. */
    fun minusPattern(pattern: String): RouteTable =
        if (patterns.any { it.second.name == pattern }) copy(patterns = patterns.filterNot { it.second.name == pattern }) else this

    fun names(): List<String> = (exact.values + templates.map { it.second } + patterns.map { it.second }).mapNotNull { it.name }

    /** Who handles requests for [target], a path with its query; null for nobody. */
    fun find(target: String): Found? {
        val path = RequestPath.withoutQuery(target)
        val segments = RequestPath.segments(path) ?: return MALFORMED
        return exact[segments]?.let(::Found)
            ?: templates.firstNotNullOfOrNull { (template, route) -> template.match(segments)?.let { Found(route, it) } }
            ?: patterns.firstNotNullOfOrNull { (pattern, route) -> pattern.match(path)?.let { Found(route, it) } }
            ?: default?.let(::Found)
    }

    private companion object {
        private const val HTTP_BAD_REQUEST = 400

        /** For paths that no route can be asked for. */
        private val MALFORMED = Found(Route(null) { it.reject(HTTP_BAD_REQUEST) })
    }
}
