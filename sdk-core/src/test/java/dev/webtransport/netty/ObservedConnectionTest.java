package dev.webtransport.netty;

import static dev.webtransport.netty.Frames.frames;
import static dev.webtransport.netty.Frames.stopSending;
import static dev.webtransport.netty.Frames.streamData;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packets of a peer that is made up here, so that every suite, key phase and order of arrival can be had. */
final class ObservedConnectionTest {
    private static final byte[] ID = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f10111213");
    private static final long CODE = 0x52e4a40fb9faL;

    private final List<String> heard = new ArrayList<>();
    private final ProtectedPacket packet = new ProtectedPacket();

    @ParameterizedTest
    @EnumSource
    void the_code_is_read_with_every_suite(PacketSuite suite) throws Exception {
        PacketSealer peer = peer(suite);
        ObservedConnection connection = connection(peer);
        deliver(connection, peer, 0, streamData(1_200));
        deliver(connection, peer, 1, stopSending(4, CODE));
        assertEquals(CODE, connection.codeOf(4));
        assertEquals(List.of("4:" + CODE), heard);
        assertNull(connection.codeOf(8));
    }

    @ParameterizedTest
    @EnumSource
    void the_first_packet_may_be_the_one(PacketSuite suite) throws Exception {
        PacketSealer peer = peer(suite);
        ObservedConnection connection = connection(peer);
        deliver(connection, peer, 0, stopSending(4, CODE));
        assertEquals(CODE, connection.codeOf(4));
    }

    @ParameterizedTest
    @EnumSource
    void the_frame_is_found_wherever_it_stands_in_a_packet(PacketSuite suite) throws Exception {
        PacketSealer peer = peer(suite);
        ObservedConnection connection = connection(peer);
        long number = 0;
        deliver(connection, peer, number++, new byte[] {0x01});
        for (int before = 0; before < 1_300; before += 17) {
            byte[] payload = frames().bytes(0x0e)
                    .varInts(0, 0, before)
                    .filling(before)
                    .then(stopSending(number, CODE + before))
                    .then(streamData(20))
                    .build();
            deliver(connection, peer, number, payload);
            assertEquals(CODE + before, connection.codeOf(number), "behind " + before + " bytes");
            number++;
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_code_is_read_across_key_updates(PacketSuite suite) throws Exception {
        PacketSealer peer = peer(suite);
        ObservedConnection connection = connection(peer);
        long number = 0;
        for (int update = 0; update < 5; update++) {
            deliver(connection, peer, number++, streamData(500));
            deliver(connection, peer, number, stopSending(number, CODE + number));
            assertEquals(CODE + number, connection.codeOf(number));
            number++;
            peer.updateKeys();
            deliver(connection, peer, number, stopSending(number, CODE + number));
            assertEquals(CODE + number, connection.codeOf(number));
            number++;
        }
    }

    @Test
    void a_packet_of_the_phase_before_a_key_update_may_come_late() throws Exception {
        PacketSealer peer = peer(PacketSuite.AES_128_GCM);
        ObservedConnection connection = connection(peer);
        deliver(connection, peer, 0, streamData(500));
        ByteBuf late = peer.seal(ID, 1, 2, stopSending(4, CODE));
        peer.updateKeys();
        deliver(connection, peer, 2, streamData(500));
        deliver(connection, peer, 3, stopSending(8, 1));
        deliver(connection, late);
        assertEquals(CODE, connection.codeOf(4));
        assertEquals(1, connection.codeOf(8));
        deliver(connection, peer, 4, stopSending(12, 2));
        assertEquals(2, connection.codeOf(12));
    }

    @Test
    void a_connection_may_be_observed_from_a_later_key_phase_on() throws Exception {
        PacketSealer peer = peer(PacketSuite.AES_128_GCM);
        ObservedConnection connection = connection(peer);
        peer.updateKeys();
        deliver(connection, peer, 3, stopSending(4, CODE));
        assertEquals(CODE, connection.codeOf(4));
    }

    @Test
    void ordinary_packets_are_not_deciphered_whole() throws Exception {
        PacketSealer peer = peer(PacketSuite.AES_128_GCM);
        ObservedConnection connection = connection(peer);
        byte[] acknowledgement =
                frames().bytes(0x02).varInts(900, 20, 1, 5, 1, 2).build();
        for (long number = 0; number < 1_000; number++) {
            deliver(connection, peer, number, number % 2 == 0 ? streamData(1_200) : acknowledgement);
        }
        assertEquals(1, connection.opened(), "the first packet only, for it tells the suite");
        deliver(connection, peer, 1_000, stopSending(4, CODE));
        assertEquals(2, connection.opened());
        assertEquals(CODE, connection.codeOf(4));
    }

    @Test
    void numbers_of_one_byte_are_followed_through_losses_and_disorder() throws Exception {
        long seed = System.nanoTime();
        System.out.println("ObservedConnectionTest seed " + seed);
        Random random = new Random(seed);
        PacketSealer peer = peer(PacketSuite.AES_128_GCM);
        ObservedConnection connection = connection(peer);
        long base = 0;
        for (int round = 0; round < 2_000; round++) {
            base += random.nextInt(100) == 0 ? 100 : 1 + random.nextInt(3);
            long number = Math.max(0, base - random.nextInt(20));
            if (random.nextInt(50) == 0) {
                deliver(connection, peer.seal(ID, number, 1, stopSending(round, CODE + round)));
                assertEquals(CODE + round, connection.codeOf(round), "round " + round);
            } else {
                deliver(connection, peer.seal(ID, number, 1, streamData(30)));
            }
        }
    }

    @Test
    void a_number_that_was_lost_sight_of_is_found_again() throws Exception {
        PacketSealer peer = peer(PacketSuite.AES_128_GCM);
        ObservedConnection connection = connection(peer);
        deliver(connection, peer, 0, streamData(30));
        deliver(connection, peer.seal(ID, 1_000, 1, stopSending(4, CODE)));
        assertEquals(CODE, connection.codeOf(4));
        deliver(connection, peer.seal(ID, 1_001, 1, stopSending(8, CODE + 1)));
        assertEquals(CODE + 1, connection.codeOf(8));
    }

    @Test
    void forged_packets_are_never_believed_and_do_no_harm() throws Exception {
        long seed = System.nanoTime();
        System.out.println("ObservedConnectionTest seed " + seed);
        Random random = new Random(seed);
        PacketSealer peer = peer(PacketSuite.AES_128_GCM);
        byte[] otherSecret = new byte[32];
        random.nextBytes(otherSecret);
        PacketSealer stranger = new PacketSealer(PacketSuite.AES_128_GCM, otherSecret);
        ObservedConnection connection = connection(peer);
        for (int number = 0; number < 300; number++) {
            byte[] garbage = new byte[ID.length + 1 + random.nextInt(200)];
            random.nextBytes(garbage);
            deliver(connection, Unpooled.wrappedBuffer(garbage));
            deliver(connection, stranger.seal(ID, number, 2, stopSending(4, 1)));
            byte[] tampered = bytesOf(peer.seal(ID, number, 2, stopSending(4, 1)));
            tampered[tampered.length - 1 - random.nextInt(PacketKeys.TAG_LENGTH)] ^= 1;
            deliver(connection, Unpooled.wrappedBuffer(tampered));
            deliver(connection, peer.seal(ID, number, 2, streamData(30)));
        }
        assertNull(connection.codeOf(4));
        assertEquals(List.of(), heard);
        deliver(connection, peer, 300, stopSending(4, CODE));
        assertEquals(CODE, connection.codeOf(4));
    }

    @Test
    void the_first_code_of_a_stream_stays_and_is_told_once() throws Exception {
        PacketSealer peer = peer(PacketSuite.AES_128_GCM);
        ObservedConnection connection = connection(peer);
        deliver(connection, peer, 0, stopSending(4, 1));
        deliver(connection, peer, 0, stopSending(4, 1));
        deliver(connection, peer, 1, stopSending(4, 2));
        assertEquals(1, connection.codeOf(4));
        assertEquals(List.of("4:1"), heard);
        connection.forget(4);
        assertNull(connection.codeOf(4));
    }

    @Test
    void a_peer_that_stops_streams_without_end_takes_no_more_than_the_bound() throws Exception {
        PacketSealer peer = peer(PacketSuite.AES_128_GCM);
        ObservedConnection connection = connection(peer);
        int streams = StopCodeTable.MAX_STREAMS + 10;
        for (int i = 0; i < streams; i++) {
            deliver(connection, peer, i, stopSending(4L * i, i));
        }
        assertNull(connection.codeOf(4L * 9), "the oldest made room");
        assertEquals(10, connection.codeOf(4L * 10));
        assertEquals(streams - 1, connection.codeOf(4L * (streams - 1)));
    }

    @Test
    void without_the_secret_nothing_is_known() throws Exception {
        PacketSealer peer = peer(PacketSuite.AES_128_GCM);
        ObservedConnection connection = new ObservedConnection(engine(), this::hear);
        assertFalse(connection.canRead());
        deliver(connection, peer, 0, stopSending(4, 1));
        assertNull(connection.codeOf(4));
    }

    @Test
    void a_closed_connection_learns_nothing_more_but_keeps_what_it_knew() throws Exception {
        PacketSealer peer = peer(PacketSuite.AES_128_GCM);
        ObservedConnection connection = connection(peer);
        deliver(connection, peer, 0, stopSending(4, 1));
        connection.close();
        deliver(connection, peer, 1, stopSending(8, 1));
        assertEquals(1, connection.codeOf(4));
        assertNull(connection.codeOf(8));
        assertFalse(connection.canRead());
    }

    @Test
    void only_the_secret_of_the_other_side_is_taken_from_the_key_log() throws Exception {
        SSLEngine engine = engine();
        PeerTrafficSecrets.KEY_LOG.logKey(engine, "SERVER_TRAFFIC_SECRET_0 aabb " + "11".repeat(32));
        PeerTrafficSecrets.KEY_LOG.logKey(engine, "CLIENT_TRAFFIC_SECRET_01 aabb " + "11".repeat(32));
        PeerTrafficSecrets.KEY_LOG.logKey(engine, "CLIENT_TRAFFIC_SECRET_0");
        PeerTrafficSecrets.KEY_LOG.logKey(engine, "CLIENT_TRAFFIC_SECRET_0 aabb 1");
        PeerTrafficSecrets.KEY_LOG.logKey(engine, "CLIENT_TRAFFIC_SECRET_0 aabb zz");
        PeerTrafficSecrets.KEY_LOG.logKey(engine, "CLIENT_TRAFFIC_SECRET_0 aabb " + "11".repeat(49));
        PeerTrafficSecrets.KEY_LOG.logKey(engine, "EXPORTER_SECRET aabb " + "11".repeat(32));
        assertNull(PeerTrafficSecrets.take(engine));
        PeerTrafficSecrets.KEY_LOG.logKey(engine, "CLIENT_TRAFFIC_SECRET_0 aabb " + "2f".repeat(32));
        byte[] expected = new byte[32];
        Arrays.fill(expected, (byte) 0x2f);
        org.junit.jupiter.api.Assertions.assertArrayEquals(expected, PeerTrafficSecrets.take(engine));
        assertNull(PeerTrafficSecrets.take(engine), "handed over once");
    }

    @Test
    void the_packet_with_the_short_header_is_found_behind_long_ones() throws Exception {
        byte[] body = new byte[40];
        Arrays.fill(body, (byte) 0x77);
        byte[] initial = frames().bytes(0xc1, 0, 0, 0, 1, 2, 8, 9, 1, 7)
                .varInts(70)
                .filling(70)
                .varInts(40)
                .then(body)
                .build();
        byte[] handshake = frames().bytes(0xe1, 0, 0, 0, 1, 2, 8, 9, 0)
                .varInts(40)
                .then(body)
                .build();
        byte[] last = bytesOf(peer(PacketSuite.AES_128_GCM).seal(ID, 0, 2, streamData(30)));
        byte[] all = frames().then(initial).then(handshake).then(last).build();

        assertEquals(initial.length + handshake.length, ShortHeader.find(Unpooled.wrappedBuffer(all)));
        assertEquals(0, ShortHeader.find(Unpooled.wrappedBuffer(last)));
        assertEquals(-1, ShortHeader.find(Unpooled.wrappedBuffer(initial)));
        assertEquals(-1, ShortHeader.find(Unpooled.EMPTY_BUFFER));
        for (int length = 1; length < initial.length + handshake.length; length++) {
            assertEquals(-1, ShortHeader.find(Unpooled.wrappedBuffer(all, 0, length)), "cut to " + length);
        }
        byte[] versionNegotiation =
                frames().bytes(0xc1, 0, 0, 0, 0, 2, 8, 9, 0).then(last).build();
        assertEquals(-1, ShortHeader.find(Unpooled.wrappedBuffer(versionNegotiation)));
        byte[] retry = frames().bytes(0xf1, 0, 0, 0, 1, 2, 8, 9, 0).then(last).build();
        assertEquals(-1, ShortHeader.find(Unpooled.wrappedBuffer(retry)));
    }

    private void hear(long streamId, long errorCode) {
        heard.add(streamId + ":" + errorCode);
    }

    private static PacketSealer peer(PacketSuite suite) throws GeneralSecurityException {
        return new PacketSealer(suite, secret(suite));
    }

    private static byte[] secret(PacketSuite suite) {
        byte[] secret = new byte[suite.secretLength()];
        Arrays.fill(secret, (byte) (0x30 + suite.ordinal()));
        return secret;
    }

    private static SSLEngine engine() throws GeneralSecurityException {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(false);
        return engine;
    }

    private ObservedConnection connection(PacketSealer peer) throws GeneralSecurityException {
        SSLEngine engine = engine();
        String secret = HexFormat.of().formatHex(secret(peer.suite));
        PeerTrafficSecrets.KEY_LOG.logKey(engine, "CLIENT_TRAFFIC_SECRET_0 " + "00".repeat(32) + " " + secret);
        ObservedConnection connection = new ObservedConnection(engine, this::hear);
        assertTrue(connection.canRead());
        return connection;
    }

    private void deliver(ObservedConnection connection, PacketSealer peer, long number, byte[] payload)
            throws GeneralSecurityException {
        deliver(connection, peer.seal(ID, number, 2, payload));
    }

    private void deliver(ObservedConnection connection, ByteBuf datagram) {
        if (packet.lookAt(datagram, datagram.readerIndex(), ID.length)) {
            connection.observe(packet, true);
        }
        packet.release();
    }

    private static byte[] bytesOf(ByteBuf buffer) {
        byte[] bytes = new byte[buffer.readableBytes()];
        buffer.readBytes(bytes);
        return bytes;
    }
}
