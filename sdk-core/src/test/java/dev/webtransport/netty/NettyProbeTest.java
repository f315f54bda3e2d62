package dev.webtransport.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users are told who lack a part of Netty's engine. */
class NettyProbeTest {
    private static final Throwable NO_CLASS = new NoClassDefFoundError("io/netty/handler/codec/quic/Quic");

    @Test
    void where_everything_is_there_nothing_is_said() {
        assertNull(NettyProbe.unavailabilityCause());
    }

    @Test
    void whoever_lacks_the_classes_is_told_to_add_them_and_the_native_code_of_the_platform() {
        assertEquals(
                "io.netty:netty-codec-classes-quic 4.2 is not on the class path (io/netty/handler/codec/quic/Quic); add it, and"
                        + " io.netty:netty-codec-native-quic of the same version with the classifier osx-aarch_64",
                NettyProbe.classLack(NO_CLASS, "osx-aarch_64"));
    }

    @Test
    void whoever_lacks_the_native_code_is_told_its_classifier() {
        Throwable lack = new UnsatisfiedLinkError("could not load a native library");
        lack.initCause(new FileNotFoundException("META-INF/native/libnetty_quiche42_linux_x86_64.so"));

        assertEquals(
                "io.netty:netty-codec-native-quic for this platform is not on the class path"
                        + " (META-INF/native/libnetty_quiche42_linux_x86_64.so); add it with the classifier linux-x86_64, in the"
                        + " version of io.netty:netty-codec-classes-quic",
                NettyProbe.nativeLack(lack, "linux-x86_64"));
    }

    @Test
    void native_code_that_is_there_and_does_not_load_says_why() {
        assertEquals(
                "the native code of io.netty:netty-codec-native-quic does not load: java.lang.UnsatisfiedLinkError: GLIBC_2.17 not"
                        + " found",
                NettyProbe.nativeLack(new UnsatisfiedLinkError("GLIBC_2.17 not found"), "linux-x86_64"));
    }

    @Test
    void nobody_is_told_to_add_what_is_not_published() {
        assertTrue(NettyProbe.classLack(NO_CLASS, null).contains(", and there is no native code of it for "));
        assertTrue(NettyProbe.nativeLack(new UnsatisfiedLinkError(), null)
                .startsWith("there is no native code of Netty's QUIC for "));
    }

    @ParameterizedTest
    @CsvSource({
        "Linux,       amd64,   Debian,              linux-x86_64",
        "Linux,       aarch64, Debian,              linux-aarch_64",
        "Mac OS X,    x86_64,  Eclipse Adoptium,    osx-x86_64",
        "Mac OS X,    aarch64, Eclipse Adoptium,    osx-aarch_64",
        "Windows 11,  amd64,   Eclipse Adoptium,    windows-x86_64",
        "Windows 11,  aarch64, Eclipse Adoptium,    ",
        "Linux,       riscv64, Debian,              ",
        "Linux,       aarch64, The Android Project, ",
        "SunOS,       amd64,   Oracle Corporation,  ",
    })
    void each_platform_has_its_classifier(String osName, String osArch, String vmVendor, String classifier) {
        assertEquals(classifier, NativeClassifier.of(osName, osArch, vmVendor));
    }
}
