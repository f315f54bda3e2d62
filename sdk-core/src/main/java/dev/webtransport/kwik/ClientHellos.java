package dev.webtransport.kwik;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tech.kwik.agent15.TlsProtocolException;
import tech.kwik.agent15.extension.Extension;
import tech.kwik.agent15.handshake.ClientHello;
import tech.kwik.core.common.EncryptionLevel;
import tech.kwik.core.crypto.CryptoStream;
import tech.kwik.core.frame.CryptoFrame;
import tech.kwik.core.frame.QuicFrame;
import tech.kwik.core.impl.Role;
import tech.kwik.core.impl.TransportError;
import tech.kwik.core.impl.TransportParameters;
import tech.kwik.core.impl.Version;
import tech.kwik.core.impl.VersionHolder;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.packet.InitialPacket;
import tech.kwik.core.tls.QuicTransportParametersExtension;

/**
 * Reads what clients allow their server (RFC 9000, section 18.2): Kwik keeps the transport parameters of a client to itself, but
 * shows the packets in which they come. Without them a server would not know how many streams it may open, and would
 * have to block to find out.
 *
 * <p>Holds the handshakes of the last clients only: who floods a port with first packets drives out honest ones, whose
 * connections then begin without credit to open streams. Safe for several threads.
 */
final class ClientHellos {
    private static final Logger LOG = LoggerFactory.getLogger(ClientHellos.class);

    /** At some 5 kB each. A first packet that a client repeats after its connection stands stays until others drive it out. */
    private static final int MAX_HELLOS = 1024;

    private final Map<ConnectionKey, CryptoStream> streams = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ConnectionKey, CryptoStream> eldest) {
            return size() > MAX_HELLOS;
        }
    };

    /** Takes the part of a ClientHello that is in a packet. */
    synchronized void add(InitialPacket packet) {
        CryptoStream stream = streams.computeIfAbsent(
                new ConnectionKey(packet.getDestinationConnectionId()), any -> newStream(packet.getVersion()));
        for (QuicFrame frame : packet.getFrames()) {
            if (frame instanceof CryptoFrame) {
                try {
                    stream.add((CryptoFrame) frame);
                } catch (TlsProtocolException | TransportError malformed) {
                    // Kwik comes upon the same, and answers it.
                    LOG.debug("A ClientHello is malformed: {}", malformed.toString());
                }
            }
        }
    }

    /**
     * What a client allows, once; its ClientHello is forgotten then.
     *
     * @param connectionIds those by which the client may have addressed its first packets
     * @return the transport parameters, or empty if no whole ClientHello is there
     */
    synchronized Optional<TransportParameters> take(byte[]... connectionIds) {
        Optional<TransportParameters> found = Optional.empty();
        for (byte[] id : connectionIds) {
            CryptoStream stream = streams.remove(new ConnectionKey(id));
            if (stream != null && !found.isPresent()) {
                found = parameters(stream);
            }
        }
        return found;
    }

    private static CryptoStream newStream(Version version) {
        CryptoStream stream =
                new CryptoStream(VersionHolder.with(version), EncryptionLevel.Initial, Role.Server, new NullLogger());
        stream.setBufferMode();
        return stream;
    }

    private static Optional<TransportParameters> parameters(CryptoStream stream) {
        List<?> messages = stream.getBufferedMessages();
        if (messages.isEmpty() || !(messages.get(0) instanceof ClientHello)) {
            return Optional.empty();
        }
        for (Extension extension : ((ClientHello) messages.get(0)).getExtensions()) {
            if (extension instanceof QuicTransportParametersExtension) {
                return Optional.of(((QuicTransportParametersExtension) extension).getTransportParameters());
            }
        }
        return Optional.empty();
    }

    /** A connection id as a key. */
    private static final class ConnectionKey {
        private final byte[] id;

        ConnectionKey(byte[] id) {
            this.id = id;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ConnectionKey && Arrays.equals(id, ((ConnectionKey) other).id);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(id);
        }
    }
}
