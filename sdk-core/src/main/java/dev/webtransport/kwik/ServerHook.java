package dev.webtransport.kwik;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tech.kwik.agent15.TlsConstants;
import tech.kwik.core.frame.CryptoFrame;
import tech.kwik.core.frame.QuicFrame;
import tech.kwik.core.packet.HandshakePacket;
import tech.kwik.core.packet.InitialPacket;
import tech.kwik.core.packet.QuicPacket;
import tech.kwik.core.packet.ZeroRttPacket;

/**
 * The hook of a server's port. Its connections share one logger, and are told apart by the thread: Kwik has one that processes
 * the packets of a connection, and one that sends them. Each introduces itself by {@link #show}.
 */
final class ServerHook extends PacketHook {
    /** RFC 8446, section 4: a handshake message begins with its type and the length of the rest in three bytes. */
    private static final int HEADER_LENGTH = 4;

    private static final int LENGTH_MASK = 0xffffff;

    private final ThreadLocal<@Nullable PacketListener> listeners = new ThreadLocal<>();
    private final ThreadLocal<Boolean> early = new ThreadLocal<>();
    private final ThreadLocal<Boolean> resumed = new ThreadLocal<>();
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

    /** Whether the handshake that the calling thread has sent resumed an earlier one. */
    boolean isResumed() {
        return Boolean.TRUE.equals(resumed.get());
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

    @Override
    public void sent(Instant sent, List<QuicPacket> packets) {
        for (QuicPacket packet : packets) {
            if (packet instanceof HandshakePacket && resumed.get() == null) {
                lookForCertificate(packet);
            }
        }
        super.sent(sent, packets);
    }

    /** RFC 8446, section 2.2: a server that resumes sends its Finished right after its extensions, and no certificate. */
    private void lookForCertificate(QuicPacket packet) {
        for (QuicFrame frame : packet.getFrames()) {
            if (frame instanceof CryptoFrame && ((CryptoFrame) frame).getOffset() == 0) {
                ByteBuffer messages = ByteBuffer.wrap(((CryptoFrame) frame).getStreamData());
                int length = HEADER_LENGTH + (messages.getInt(0) & LENGTH_MASK);
                resumed.set(
                        length < messages.limit() && messages.get(length) == TlsConstants.HandshakeType.finished.value);
            }
        }
    }
}
