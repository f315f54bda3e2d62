package dev.webtransport.netty

/** How the Netty engine itself runs; everything about connections is in [dev.webtransport.config.QuicConfig]. */
public class NettyQuicOptions
    @JvmOverloads
    constructor(
        /**
         * How many event loops there are, each with a thread, 1 to 256. A client's connection and a server's port each live on
         * one of them. Default: one per processor, at most four; an event loop moves some 200 MB/s.
         */
        public val eventLoopThreads: Int = minOf(MAX_DEFAULT_THREADS, Runtime.getRuntime().availableProcessors()),
        /**
         * By what means UDP is reached. Default: the best of this platform; another one is for where native sockets misbehave,
         * and for comparing.
         */
        public val sockets: UdpSocketKind = UdpSocketKind.BEST,
    ) {
        init {
            require(eventLoopThreads in 1..MAX_THREADS) { "eventLoopThreads is $eventLoopThreads; it must be 1 to $MAX_THREADS" }
        }

        private companion object {
            const val MAX_DEFAULT_THREADS = 4
            const val MAX_THREADS = 256
        }
    }
