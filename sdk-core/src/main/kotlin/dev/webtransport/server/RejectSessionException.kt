package dev.webtransport.server

import dev.webtransport.value.Headers

/**
 * Rejects the session request that is being handled, from however deep within an interceptor or a handler: the client is
 * answered with the status and the headers, and nothing is logged as a failure. Thrown after the request was
 * answered, it is a failure of the handler like any other.
 *
 * @param status 300 to 599; 403 unless named
 * @param headers fields of the answer
 * @param reason for the log; the client does not see it
 * @throws IllegalArgumentException if the status says no rejection
 */
public class RejectSessionException
    @JvmOverloads
    constructor(
        /** The HTTP status of the answer. */
        public val status: Int = 403,
        headers: Headers = Headers.EMPTY,
        reason: String = "rejected with status $status",
    ) : RuntimeException(reason) {
        @Transient
        private val fields: Headers? = headers

        /** The fields of the answer. */
        public val headers: Headers get() = fields ?: Headers.EMPTY

        init {
            require(status in 300..599) { "status $status is no rejection; use 300 to 599" }
        }

        private companion object {
            private const val serialVersionUID: Long = 1
        }
    }
