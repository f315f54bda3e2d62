package dev.webtransport.netty;

import io.netty.handler.codec.quic.QuicConnectionAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the connection of a packet: by its connection id once a packet with that id was authenticated, before that by
 * the address it came from and, where several connections share the address, by the id the connection started with.
 *
 * <p>An id is learned from authenticated packets only, so a stranger can neither fill the table nor lead it astray.
 */
final class ObservedConnections {
    /** Ids remembered per connection, as many as peers may hold at once in practice; then the oldest makes room. */
    static final int MAX_IDS = 8;

    /** Addresses remembered per connection: where the peer is, and where it moved from. */
    static final int MAX_ADDRESSES = 4;

    /** How many connections of one address are tried for a packet whose id none of them started with. */
    static final int MAX_TRIED = 8;

    private final Map<ConnectionId, ObservedConnection> byId = new HashMap<>();
    private final Map<SocketAddress, ObservedConnection> byFirstId = new HashMap<>();
    private final Map<SocketAddress, Set<ObservedConnection>> byAddress = new HashMap<>();
    private final Map<ObservedConnection, Known> known = new HashMap<>();

    boolean isEmpty() {
        return known.isEmpty();
    }

    int size() {
        return known.size();
    }

    /** How many entries all tables have; 0 when nothing is observed. */
    int entries() {
        return byId.size() + byFirstId.size() + byAddress.size() + known.size();
    }

    void add(ObservedConnection connection, SocketAddress firstId, SocketAddress address) {
        known.put(connection, new Known(firstId));
        byFirstId.put(firstId, connection);
        addAddress(connection, address);
    }

    void addAddress(ObservedConnection connection, SocketAddress address) {
        Known its = known.get(connection);
        if (its == null || its.addresses.contains(address)) {
            return;
        }
        if (its.addresses.size() == MAX_ADDRESSES) {
            removeAddress(connection, its.addresses.remove());
        }
        its.addresses.add(address);
        byAddress.computeIfAbsent(address, any -> new LinkedHashSet<>(2)).add(connection);
    }

    void addId(ObservedConnection connection, ConnectionId id) {
        Known its = known.get(connection);
        if (its == null) {
            return;
        }
        if (its.ids.size() == MAX_IDS) {
            byId.remove(its.ids.remove(), connection);
        }
        ConnectionId kept = id.copy();
        its.ids.add(kept);
        byId.put(kept, connection);
    }

    void remove(ObservedConnection connection) {
        Known its = known.remove(connection);
        if (its == null) {
            return;
        }
        byFirstId.remove(its.firstId, connection);
        its.ids.forEach(id -> byId.remove(id, connection));
        its.addresses.forEach(address -> removeAddress(connection, address));
    }

    @Nullable
    ObservedConnection find(ConnectionId id) {
        return byId.get(id);
    }

    /** Whose packet with an id that was not seen before may be, likeliest first. */
    List<ObservedConnection> candidates(ConnectionId id, SocketAddress sender) {
        Set<ObservedConnection> there = byAddress.get(sender);
        if (there == null) {
            return Collections.emptyList();
        }
        if (there.size() > 1) {
            ObservedConnection first = byFirstId.get(new QuicConnectionAddress(id.bytes()));
            if (first != null) {
                return Collections.singletonList(first);
            }
        }
        List<ObservedConnection> tried = new ArrayList<>(Math.min(there.size(), MAX_TRIED));
        for (ObservedConnection connection : there) {
            if (tried.size() == MAX_TRIED) {
                break;
            }
            tried.add(connection);
        }
        return tried;
    }

    private void removeAddress(ObservedConnection connection, SocketAddress address) {
        Set<ObservedConnection> there = byAddress.get(address);
        if (there != null && there.remove(connection) && there.isEmpty()) {
            byAddress.remove(address);
        }
    }

    /** Where a connection stands in the tables. */
    private static final class Known {
        final SocketAddress firstId;
        final Deque<ConnectionId> ids = new ArrayDeque<>(1);
        final Deque<SocketAddress> addresses = new ArrayDeque<>(1);

        Known(SocketAddress firstId) {
            this.firstId = firstId;
        }
    }
}
