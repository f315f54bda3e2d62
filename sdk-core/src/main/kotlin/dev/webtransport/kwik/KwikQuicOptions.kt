package dev.webtransport.kwik

/** How the Kwik engine itself runs; everything about connections is in [dev.webtransport.config.QuicConfig]. */
public class KwikQuicOptions
    @JvmOverloads
    constructor(
        /**
         * How many connections a server's port carries, 1 to 65,536; more are closed. Each costs four threads and some 400 kB.
         * Default 1,024.
         */
        public val maxServerConnections: Int = DEFAULT_CONNECTIONS,
    ) {
        init {
            require(maxServerConnections in 1..MAX_CONNECTIONS) {
                "maxServerConnections is $maxServerConnections; it must be 1 to $MAX_CONNECTIONS"
            }
        }

        private companion object {
            const val DEFAULT_CONNECTIONS = 1024
            const val MAX_CONNECTIONS = 1 shl 16
        }
    }
