package dev.webtransport.kwik;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tech.kwik.core.packet.InitialPacket;
import tech.kwik.core.packet.QuicPacket;
import tech.kwik.core.packet.ZeroRttPacket;

/**
 * The hook of a server's port. Its connections share one logger, and are told apart by the thread: Kwik has one that processes
 * the packets of a connection, and one that sends them. Each introduces itself by {@link #show}.
 */
final class ServerHook extends PacketHook {
    private final ThreadLocal<@Nullable PacketListener> listeners = new ThreadLocal<>();
    private final ThreadLocal<Boolean> early = new ThreadLocal<>();
    private final ClientHellos hellos = new ClientHellos();

    /** The ClientHellos that were seen. */
    ClientHellos hellos() {
        return hellos;
    }

    /**
     * The calling thread handles the packets of one connection from now on.
     *
     * @param listener of that connection
     */
    void show(PacketListener listener) {
        listeners.set(listener);
    }

    /** Whether the calling thread has come upon 0-RTT data, which Kwik accepts and cannot be told to refuse. */
    boolean isEarly() {
        return early.get() != null;
    }

    @Override
    @Nullable
    PacketListener listener() {
        return listeners.get();
    }

    @Override
    public void received(Instant timeReceived, int datagram, QuicPacket packet) {
        if (packet instanceof InitialPacket) {
            hellos.add((InitialPacket) packet);
        } else if (packet instanceof ZeroRttPacket) {
            early.set(true);
        }
        super.received(timeReceived, datagram, packet);
    }
}
