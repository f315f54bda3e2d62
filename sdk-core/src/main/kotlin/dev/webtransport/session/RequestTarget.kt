package dev.webtransport.session

/** The two parts of a request target, which is a path and perhaps a query (RFC 9114, section 4.3.1; RFC 3986, section 3.4). */
internal object RequestTarget {
    fun withoutQuery(target: String): String = target.substringBefore('?')

    fun query(target: String): String? = if ('?' in target) target.substringAfter('?') else null
}
