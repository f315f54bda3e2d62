package dev.webtransport.config;

/**
 * Which implementation of QUIC carries the connections of a client or server. Both speak the same protocol and are tried by the same
 * tests; {@code docs/engines.md} tells how they differ.
 */
public enum Engine {
    /**
     * The engine that the system property {@code dev.webtransport.engine} names ({@code auto}, {@code netty} or {@code kwik}); without
     * it {@link #NETTY} where its classes and its native library load, else {@link #KWIK}. Which one it became, and why, is
     * logged once per process.
     */
    AUTO,

    /**
     * Netty's QUIC codec over Cloudflare's quiche: native code, for Linux and macOS on x86-64 and aarch64, and for Windows on x86-64.
     * Needs {@code io.netty:netty-codec-classes-quic} and {@code io.netty:netty-codec-native-quic} on the class path, the latter
     * with the classifier of the platform.
     */
    NETTY,

    /** Kwik: QUIC in Java alone, wherever there is a JVM, and on Android. Comes with the SDK. */
    KWIK;

    /**
     * The engine of a name as settings have it.
     *
     * @param label {@code auto}, {@code kwik} or {@code netty}, in either case
     * @return the engine
     * @throws IllegalArgumentException if there is none of that name; the message lists those that are there
     */
    public static Engine of(String label) {
        return SettingType.oneOf(Engine.class).parse(label);
    }

    /**
     * The name in settings and messages: the constant's in lower case.
     *
     * @return the name
     */
    public String label() {
        return SettingType.name(this);
    }
}
