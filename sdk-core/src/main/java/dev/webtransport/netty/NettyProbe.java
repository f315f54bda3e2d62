package dev.webtransport.netty;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.codec.quic.Quic;
import org.jspecify.annotations.Nullable;

/** Finds out whether Netty's QUIC codec and its native code are there. */
final class NettyProbe {
    private NettyProbe() {}

    /** Why not, or null if they are. Never throws. */
    static @Nullable Throwable unavailabilityCause() {
        try {
            Touch.netty();
            return Touch.unavailabilityCause();
        } catch (LinkageError | RuntimeException absent) {
            return absent;
        }
    }

    /** Apart, so that the classes it names are looked for when it is called and not before. */
    private static final class Touch {
        static Class<?> netty() {
            return MultiThreadIoEventLoopGroup.class;
        }

        static @Nullable Throwable unavailabilityCause() {
            return Quic.unavailabilityCause();
        }
    }
}
