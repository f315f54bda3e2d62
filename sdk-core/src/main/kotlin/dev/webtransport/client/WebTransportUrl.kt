package dev.webtransport.client

import java.net.URI
import java.net.URISyntaxException

/** The parts of a WebTransport URL that connecting needs (W3C WebTransport, section on the constructor). */
internal class WebTransportUrl private constructor(
    val host: String,
    val port: Int,
    /** Path and query. */
    val path: String,
) {
    /** `:authority`: the port only if it is not the default (RFC 9110, section 4.2.2). */
    val authority: String get() = (if (host.contains(':')) "[$host]" else host) + if (port == DEFAULT_PORT) "" else ":$port"

    companion object {
        private const val DEFAULT_PORT = 443

        /** @throws IllegalArgumentException saying what is wrong */
        fun parse(url: String): WebTransportUrl {
            val uri =
                try {
                    URI(url)
                } catch (malformed: URISyntaxException) {
                    throw IllegalArgumentException("\"$url\" is not a URL: ${malformed.reason}", malformed)
                }
            require("https".equals(uri.scheme, ignoreCase = true)) { "\"$url\" does not begin with https://" }
            require(uri.rawFragment == null) { "\"$url\" has a fragment (#...), which a WebTransport URL must not have" }
            require(uri.rawUserInfo == null) { "\"$url\" names a user; send credentials in a header instead" }
            val host = requireNotNull(uri.host) { "\"$url\" names no valid host" }
            require(uri.port == -1 || uri.port in 1..65_535) { "\"$url\" has a port outside 1..65535" }
            val path = uri.rawPath.orEmpty().ifEmpty { "/" } + uri.rawQuery?.let { "?$it" }.orEmpty()
            return WebTransportUrl(host.removeSurrounding("[", "]"), if (uri.port == -1) DEFAULT_PORT else uri.port, path)
        }
    }
}
