package dev.webtransport.netty;

/** By what means an engine reaches UDP. */
public enum UdpSocketKind {
    /** The best there is on this platform: epoll on Linux, kqueue on macOS, the JDK's selector elsewhere. */
    BEST,

    /** The JDK's selector, which is everywhere, and slower: it sends and receives one packet per system call. */
    NIO;

    UdpSockets sockets() {
        return this == NIO ? UdpSockets.nio() : UdpSockets.best();
    }
}
