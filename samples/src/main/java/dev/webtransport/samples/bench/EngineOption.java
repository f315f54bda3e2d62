package dev.webtransport.samples.bench;

/** Which QUIC engine carries the sessions, as the command line names it. */
public enum EngineOption {
    /** Whichever this platform has, the fastest first. */
    AUTO,
    /** Netty's codec around quiche, native code. */
    NETTY,
    /** Kwik, pure Java. */
    KWIK;

    /** As the user writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
