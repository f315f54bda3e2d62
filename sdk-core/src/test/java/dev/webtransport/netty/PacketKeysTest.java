package dev.webtransport.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The vectors of RFC 9001 appendix A. */
final class PacketKeysTest {
    private static final String CLIENT_INITIAL_SECRET =
            "c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea";
    private static final String SERVER_INITIAL_SECRET =
            "3c199828fd139efd216c155ad844cc81fb82fa8d7446fa7d78be803acdda951b";
    private static final String CHACHA20_SECRET = "9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b";

    @Test
    void aes_keys_are_those_of_appendix_A_1() {
        PacketSuite suite = PacketSuite.AES_128_GCM;
        assertDerived(suite, CLIENT_INITIAL_SECRET, "quic key", 16, "1f369613dd76d5467730efcbe3b1a22d");
        assertDerived(suite, CLIENT_INITIAL_SECRET, "quic iv", 12, "fa044b2f42a3fd3b46fb255c");
        assertDerived(suite, CLIENT_INITIAL_SECRET, "quic hp", 16, "9f50449e04a0e810283a1e9933adedd2");
        assertDerived(suite, SERVER_INITIAL_SECRET, "quic key", 16, "cf3a5331653c364c88f0f379b6067e37");
        assertDerived(suite, SERVER_INITIAL_SECRET, "quic iv", 12, "0ac1493ca1905853b0bba03e");
        assertDerived(suite, SERVER_INITIAL_SECRET, "quic hp", 16, "c206b8d9b9f0f37644430b490eeaa314");
    }

    @Test
    void chacha20_keys_are_those_of_appendix_A_5() {
        PacketSuite suite = PacketSuite.CHACHA20_POLY1305;
        assertDerived(
                suite,
                CHACHA20_SECRET,
                "quic key",
                32,
                "c6d98ff3441c3fe1b2182094f69caa2ed4b716b65488960a7a984979fb23e1c8");
        assertDerived(suite, CHACHA20_SECRET, "quic iv", 12, "e0459b3474bdd0e44a41c144");
        assertDerived(
                suite,
                CHACHA20_SECRET,
                "quic hp",
                32,
                "25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4");
        assertDerived(
                suite,
                CHACHA20_SECRET,
                "quic ku",
                32,
                "1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9");
    }

    @Test
    void aes_header_masks_are_those_of_appendix_A_2_and_A_3() {
        assertMask(PacketSuite.AES_128_GCM, CLIENT_INITIAL_SECRET, "d1b1c98dd7689fb8ec11d242b123dc9b", "437b9aec36");
        assertMask(PacketSuite.AES_128_GCM, SERVER_INITIAL_SECRET, "2cd0991cd25b0aac406a5816b6394100", "2ec0d8356a");
    }

    @Test
    void the_chacha20_header_mask_is_that_of_appendix_A_5() {
        assertMask(PacketSuite.CHACHA20_POLY1305, CHACHA20_SECRET, "5e5cd55c41f69080575d7999c25a5bfb", "aefefe7d03");
    }

    @Test
    void the_server_initial_of_appendix_A_3_opens_and_its_bare_stream_agrees_everywhere() {
        byte[] payload = hex("02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a"
                + "045a1200130100002e00330024001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a"
                + "002b00020304");
        byte[] header = hex("c1000000010008f067a5502a4262b50040750001");
        byte[] body =
                hex("5a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6"
                        + "ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850ab"
                        + "bdca3d20398c276456cbc42158407dd074ee");
        PacketKeys keys = new PacketKeys(PacketSuite.AES_128_GCM, hex(SERVER_INITIAL_SECRET));

        assertArrayEquals(payload, keys.open(1, header, body));
        assertNull(keys.open(2, header, body), "another packet number must not fit");
        assertStream(payload, keys, 1, body);
    }

    @Test
    void the_short_header_packet_of_appendix_A_5_opens() {
        byte[] secret = hex(CHACHA20_SECRET);
        PacketKeys keys = new PacketKeys(PacketSuite.CHACHA20_POLY1305, secret);
        ProtectedPacket packet = new ProtectedPacket();
        assertTrue(packet.lookAt(Unpooled.wrappedBuffer(hex("4cfe4189655e5cd55c41f69080575d7999c25a5bfb")), 0, 0));
        packet.unmask(PacketKeys.headerProtection(PacketSuite.CHACHA20_POLY1305, secret));

        assertEquals(654_360_564L, packet.number(654_360_000L));
        assertEquals(1, packet.payloadLength());
        assertArrayEquals(new byte[] {0x01}, packet.open(keys, 654_360_564L));
        assertNull(packet.open(keys, 654_360_563L));
        assertEquals(FrameScanner.Outcome.NONE, packet.scan(keys, 654_360_564L));
    }

    @Test
    void the_bare_stream_of_every_suite_agrees_with_its_aead_at_every_position() throws Exception {
        for (PacketSuite suite : PacketSuite.values()) {
            byte[] secret = new byte[suite.secretLength()];
            Arrays.fill(secret, (byte) 7);
            byte[] payload = new byte[1_300];
            for (int i = 0; i < payload.length; i++) {
                payload[i] = (byte) (i * 31);
            }
            byte[] sealed = new byte[1 + 2 + payload.length + PacketKeys.TAG_LENGTH];
            new PacketSealer(suite, secret).seal(new byte[0], 77, 2, payload).readBytes(sealed);
            byte[] body = Arrays.copyOfRange(sealed, 3, sealed.length);
            PacketKeys keys = new PacketKeys(suite, secret);

            assertArrayEquals(payload, keys.open(77, new byte[] {0x41, 0, 77}, body), suite.name());
            assertStream(payload, keys, 77, body);
        }
    }

    @Test
    void packet_numbers_are_decoded_as_in_appendix_A_3_of_RFC_9000() throws Exception {
        byte[] secret = new byte[32];
        KeyStream mask = PacketKeys.headerProtection(PacketSuite.AES_128_GCM, secret);
        ProtectedPacket packet = new ProtectedPacket();
        packet.lookAt(
                new PacketSealer(PacketSuite.AES_128_GCM, secret).seal(new byte[0], 0x9b32, 2, new byte[16]), 0, 0);
        packet.unmask(mask);
        assertEquals(0xa82f9b32L, packet.number(0xa82f30eaL));
        assertEquals(0x9b32, packet.number(-1));
        assertEquals(0x9b32, packet.number(0x7fff));
        assertEquals(0x19b32, packet.number(0x19b32 + 0x7ffe));
        assertEquals(0x29b32, packet.number(0x19b32 + 0x7fff));
    }

    @Test
    void the_length_of_a_secret_leaves_the_suites_that_use_it() {
        assertEquals(
                "[AES_128_GCM, CHACHA20_POLY1305]", PacketSuite.withSecretOf(32).toString());
        assertEquals("[AES_256_GCM]", PacketSuite.withSecretOf(48).toString());
        assertTrue(PacketSuite.withSecretOf(31).isEmpty());
    }

    private static void assertStream(byte[] payload, PacketKeys keys, long number, byte[] body) {
        byte[] nonce = new byte[KeyStream.NONCE_LENGTH];
        keys.nonce(number, nonce);
        for (int chunk = 0; chunk * KeyStream.CHUNK < payload.length; chunk++) {
            byte[] stream = new byte[2 * KeyStream.CHUNK];
            keys.stream().chunks(nonce, chunk, 2, stream);
            for (int i = 0; i < stream.length && chunk * KeyStream.CHUNK + i < payload.length; i++) {
                int at = chunk * KeyStream.CHUNK + i;
                assertEquals(payload[at], (byte) (body[at] ^ stream[i]), "byte " + at);
            }
        }
    }

    private static void assertDerived(PacketSuite suite, String secret, String label, int length, String expected) {
        assertEquals(expected, HexFormat.of().formatHex(suite.expandLabel(hex(secret), label, length)), label);
    }

    private static void assertMask(PacketSuite suite, String secret, String sample, String expected) {
        byte[] mask = new byte[KeyStream.CHUNK];
        KeyStream protection = PacketKeys.headerProtection(suite, hex(secret));
        assertNotNull(protection);
        protection.mask(hex(sample), mask);
        assertEquals(expected, HexFormat.of().formatHex(mask, 0, KeyStream.MASK_LENGTH));
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
