package dev.webtransport.netty;

import dev.webtransport.error.TransportUnavailableException;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.handler.codec.quic.Quic;
import java.io.FileNotFoundException;
import org.jspecify.annotations.Nullable;

/** Finds out whether Netty's QUIC codec and its native code are there, and what to add if not. */
final class NettyProbe {
    private static final String CODEC = "io.netty:netty-codec-classes-quic";
    private static final String NATIVE = "io.netty:netty-codec-native-quic";

    private NettyProbe() {}

    /** Why not, for users, or null if they are. Never throws. */
    static @Nullable Throwable unavailabilityCause() {
        @Nullable String classifier = NativeClassifier.ofThisPlatform();
        try {
            Touch.netty();
            Throwable lack = Touch.unavailabilityCause();
            return lack == null ? null : new TransportUnavailableException(nativeLack(lack, classifier), lack);
        } catch (LinkageError | RuntimeException absent) {
            return new TransportUnavailableException(classLack(absent, classifier), absent);
        }
    }

    /** What is said of classes that do not load. */
    static String classLack(Throwable absent, @Nullable String classifier) {
        String what = CODEC + " 4.2 is not on the class path (" + absent.getMessage() + ")";
        return classifier == null
                ? what + ", and there is no native code of it for " + NativeClassifier.platform()
                : what + "; add it, and " + NATIVE + " of the same version with the classifier " + classifier;
    }

    /** What is said of native code that does not load. */
    static String nativeLack(Throwable lack, @Nullable String classifier) {
        if (classifier == null) {
            return "there is no native code of Netty's QUIC for " + NativeClassifier.platform();
        }
        for (@Nullable Throwable cause = lack; cause != null; cause = cause.getCause()) {
            if (cause instanceof FileNotFoundException) {
                return NATIVE + " for this platform is not on the class path (" + cause.getMessage()
                        + "); add it with the classifier " + classifier + ", in the version of " + CODEC;
            }
        }
        return "the native code of " + NATIVE + " does not load: " + lack;
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
