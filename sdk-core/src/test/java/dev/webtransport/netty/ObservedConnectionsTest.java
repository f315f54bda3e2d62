package dev.webtransport.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicConnectionAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

final class ObservedConnectionsTest {
    private final ObservedConnections connections = new ObservedConnections();

    @Test
    void the_only_connection_of_an_address_is_tried_with_any_id() throws Exception {
        ObservedConnection one = add(1, 4433);
        assertEquals(List.of(one), connections.candidates(id(77), address(4433)));
        assertEquals(List.of(), connections.candidates(id(1), address(4434)));
    }

    @Test
    void connections_of_one_address_are_told_apart_by_the_id_they_started_with() throws Exception {
        List<ObservedConnection> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(add(i, 4433));
        }
        assertEquals(List.of(all.get(57)), connections.candidates(id(57), address(4433)));
        assertEquals(all.subList(0, ObservedConnections.MAX_TRIED), connections.candidates(id(200), address(4433)));
    }

    @Test
    void an_id_is_found_once_it_was_learned_and_the_oldest_makes_room() throws Exception {
        ObservedConnection one = add(1, 4433);
        assertNull(connections.find(id(1)));
        for (int i = 0; i <= ObservedConnections.MAX_IDS; i++) {
            connections.addId(one, id(10 + i));
        }
        assertNull(connections.find(id(10)));
        assertSame(one, connections.find(id(11)));
        assertSame(one, connections.find(id(10 + ObservedConnections.MAX_IDS)));
    }

    @Test
    void the_peer_is_followed_to_new_addresses_and_the_oldest_makes_room() throws Exception {
        ObservedConnection one = add(1, 1_000);
        for (int i = 1; i <= ObservedConnections.MAX_ADDRESSES; i++) {
            connections.addAddress(one, address(1_000 + i));
            connections.addAddress(one, address(1_000 + i));
        }
        assertEquals(List.of(), connections.candidates(id(9), address(1_000)));
        assertEquals(List.of(one), connections.candidates(id(9), address(1_001)));
        assertEquals(List.of(one), connections.candidates(id(9), address(1_000 + ObservedConnections.MAX_ADDRESSES)));
    }

    @Test
    void a_connection_that_is_removed_leaves_nothing_behind() throws Exception {
        ObservedConnection one = add(1, 4433);
        ObservedConnection two = add(2, 4433);
        connections.addId(one, id(1));
        connections.addAddress(one, address(4434));
        connections.remove(one);
        connections.remove(one);
        connections.addId(one, id(3));
        connections.addAddress(one, address(4435));
        assertEquals(1, connections.size());
        assertEquals(List.of(two), connections.candidates(id(1), address(4433)));
        assertNull(connections.find(id(1)));
        connections.remove(two);
        assertEquals(0, connections.entries());
        assertTrue(connections.isEmpty());
    }

    private ObservedConnection add(int id, int port) throws GeneralSecurityException {
        ObservedConnection connection =
                new ObservedConnection(SSLContext.getDefault().createSSLEngine(), (stream, code) -> {});
        connections.add(connection, new QuicConnectionAddress(bytes(id)), address(port));
        return connection;
    }

    private static ConnectionId id(int value) {
        ConnectionId id = new ConnectionId(QuicPair.ID_LENGTH);
        id.read(Unpooled.wrappedBuffer(bytes(value)), 0);
        return id.copy();
    }

    private static byte[] bytes(int value) {
        byte[] bytes = new byte[QuicPair.ID_LENGTH];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static InetSocketAddress address(int port) {
        return InetSocketAddress.createUnresolved("peer", port);
    }
}
