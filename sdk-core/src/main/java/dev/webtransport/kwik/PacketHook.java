package dev.webtransport.kwik;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.packet.QuicPacket;

/**
 * The place where Kwik shows its packets: it takes a logger, and hands it each packet as an object. Of the texts, errors go to
 * SLF4J at debug level; the rest is dropped.
 */
abstract class PacketHook extends NullLogger {
    private static final Logger LOG = LoggerFactory.getLogger(PacketHook.class);

    /** Both ways in which Kwik gives up on a connection without an event say this word. */
    private static final String ABORTED = "bort";

    /** Whose packets the calling thread handles; null before its connection is known, and after it is forgotten. */
    abstract @Nullable PacketListener listener();

    @Override
    public void received(Instant timeReceived, int datagram, QuicPacket packet) {
        PacketListener listener = listener();
        if (listener != null) {
            listener.handleReceived(timeReceived, packet);
        }
    }

    @Override
    public void sent(Instant sent, List<QuicPacket> packets) {
        PacketListener listener = listener();
        if (listener != null) {
            for (QuicPacket packet : packets) {
                listener.handleSent(packet);
            }
        }
    }

    @Override
    public void error(String message) {
        LOG.debug("Kwik: {}", message);
    }

    @Override
    public void error(String message, Throwable error) {
        LOG.debug("Kwik: {}", message, error);
        PacketListener listener = listener();
        if (listener != null && message.contains(ABORTED)) {
            listener.handleAborted(message, error);
        }
    }
}
