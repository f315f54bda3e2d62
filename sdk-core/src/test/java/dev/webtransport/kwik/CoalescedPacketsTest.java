package dev.webtransport.kwik;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CoalescedPacketsTest {
    private static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4433);
    private static final int ROOM = 1500;
    private static final int VERSION_1 = 1;

    /** RFC 9369, section 3.1. */
    private static final int VERSION_2 = 0x6b3343cf;

    private static final byte[] DATA = {0x41, 2, 3, 4};

    /** RFC 9000, section 17.2: a long header packet of the given type with two connection ids, and {@code rest} as its payload. */
    private static byte[] longHeader(int type, int version, int... rest) {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(0xc0 | type << 4);
        for (int shift = 24; shift >= 0; shift -= 8) {
            packet.write(version >> shift);
        }
        packet.writeBytes(new byte[] {3, 7, 7, 7, 2, 9, 9});
        for (int next : rest) {
            packet.write(next);
        }
        return packet.toByteArray();
    }

    private static byte[] handshake() {
        return longHeader(2, VERSION_1, 3, 10, 11, 12);
    }

    private static byte[] joined(byte[]... packets) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] packet : packets) {
            all.writeBytes(packet);
        }
        return all.toByteArray();
    }

    private static byte[] contents(DatagramPacket packet) {
        assertEquals(PEER, packet.getSocketAddress());
        byte[] contents = new byte[packet.getLength()];
        System.arraycopy(packet.getData(), packet.getOffset(), contents, 0, contents.length);
        return contents;
    }

    /** What a reader gets of one UDP payload. */
    private static List<byte[]> parts(byte[] payload) {
        CoalescedPackets coalesced = new CoalescedPackets();
        DatagramPacket packet = new DatagramPacket(new byte[ROOM], ROOM);
        System.arraycopy(payload, 0, packet.getData(), 0, payload.length);
        packet.setLength(payload.length);
        packet.setSocketAddress(PEER);
        coalesced.cut(packet);
        List<byte[]> parts = new ArrayList<>();
        parts.add(contents(packet));
        DatagramPacket next = new DatagramPacket(new byte[ROOM], ROOM);
        while (coalesced.poll(next)) {
            parts.add(contents(next));
            next = new DatagramPacket(new byte[ROOM], ROOM);
        }
        assertFalse(coalesced.poll(next), () -> "something is left");
        return parts;
    }

    private static void assertParts(byte[] payload, byte[]... expected) {
        List<byte[]> parts = parts(payload);
        assertEquals(expected.length, parts.size());
        for (int i = 0; i < expected.length; i++) {
            assertArrayEquals(expected[i], parts.get(i));
        }
    }

    @Test
    void what_is_behind_a_handshake_packet_comes_by_itself() {
        assertParts(joined(handshake(), DATA), handshake(), DATA);
    }

    @Test
    void a_payload_becomes_two_however_many_handshake_packets_it_has() {
        assertParts(joined(handshake(), handshake(), handshake()), handshake(), joined(handshake(), handshake()));
    }

    @Test
    void the_handshake_packet_of_version_2_has_another_type() {
        byte[] second = longHeader(3, VERSION_2, 1, 10);
        assertParts(joined(second, DATA), second, DATA);
        byte[] zeroRtt = longHeader(2, VERSION_2, 1, 10);
        assertParts(joined(zeroRtt, DATA), joined(zeroRtt, DATA));
    }

    @Test
    void a_length_in_two_bytes_is_read() {
        byte[] longer = longHeader(2, VERSION_1, 0x40, 2, 10, 11);
        assertParts(joined(longer, DATA), longer, DATA);
    }

    @Test
    void an_initial_packet_stays_with_what_is_behind_it() {
        byte[] initial = longHeader(0, VERSION_1, 0, 2, 10, 11);
        assertParts(joined(initial, handshake(), DATA), joined(initial, handshake(), DATA));
    }

    @Test
    void a_packet_alone_stays_whole() {
        assertParts(handshake(), handshake());
        assertParts(DATA, DATA);
    }

    @Test
    void what_is_cut_off_or_lies_about_its_length_stays_whole() {
        byte[] whole = joined(longHeader(2, VERSION_1, 0x40, 200), DATA);
        for (int length = 0; length <= whole.length; length++) {
            byte[] part = new byte[length];
            System.arraycopy(whole, 0, part, 0, length);
            assertParts(part, part);
        }
        byte[] ids = longHeader(2, VERSION_1, 1, 10);
        ids[5] = (byte) 255;
        assertParts(joined(ids, DATA), joined(ids, DATA));
        byte[] huge = longHeader(2, VERSION_1, 255, 255, 255, 255, 255, 255, 255, 255);
        assertParts(joined(huge, DATA), joined(huge, DATA));
    }
}
