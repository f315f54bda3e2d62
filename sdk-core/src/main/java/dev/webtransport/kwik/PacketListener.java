package dev.webtransport.kwik;

import java.time.Instant;
import tech.kwik.core.packet.QuicPacket;

/** Sees the packets of one connection. */
interface PacketListener {
    /**
     * A packet was decrypted, and Kwik has not looked at its frames yet. On the one thread that processes the packets of
     * this connection.
     *
     * @param arrived when its UDP datagram came in
     * @param packet the packet, perhaps a repeated one
     */
    void handleReceived(Instant arrived, QuicPacket packet);

    /**
     * A packet has left. On the one thread that sends the packets of this connection.
     *
     * @param packet the packet
     */
    void handleSent(QuicPacket packet);

    /**
     * Kwik has given the connection up, and tells nobody else.
     *
     * @param message what it says of it
     * @param cause why
     */
    void handleAborted(String message, Throwable cause);
}
