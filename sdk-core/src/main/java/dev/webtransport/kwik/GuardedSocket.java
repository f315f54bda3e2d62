package dev.webtransport.kwik;

import dev.webtransport.config.AddressReuse;
import dev.webtransport.config.SocketConfig;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP socket of a client's connection or of a server's port, which keeps from Kwik what Kwik would not survive.
 *
 * <ul>
 *   <li>Kwik reads datagrams off its socket as fast as they come and puts them into queues without a bound. When its processing
 *       falls behind, datagrams are dropped here, as the network might have.
 *   <li>Kwik's server ends the process (System.exit) when its socket fails once. Here a read is tried again until the
 *       socket is closed on purpose.
 *   <li>Kwik's TLS forgets an answer to its ClientHello that comes before it has noted that it waits for one
 *       (TlsClientEngineImpl.startHandshake sends first), and the handshake stands still for good. On a fast network one in
 *       some hundred does. The first answer is kept back until the thread that connects waits.
 *   <li>A flood of first packets of connections is cut to what a server can take.
 *   <li>What comes behind a Handshake packet in the same UDP payload is handed over by itself ({@link CoalescedPackets}).
 * </ul>
 */
final class GuardedSocket extends DatagramSocket {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedSocket.class);
    private static final long RETRY_MILLIS = 10;

    /** Far longer than a thread is kept from running, and far shorter than a handshake may take. */
    private static final long MAX_START_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ArrivalGuard guard;

    /** On the one thread that reads the socket. */
    private final CoalescedPackets coalesced = new CoalescedPackets();

    private volatile boolean isServer;
    private volatile boolean toleratesUnreachable;
    private volatile @Nullable PortUnreachableException unreachable;
    private volatile @Nullable Thread starting;

    private GuardedSocket(ArrivalGuard guard) throws SocketException {
        super((SocketAddress) null);
        this.guard = guard;
    }

    /**
     * A bound socket.
     *
     * @param local the address to bind
     * @param guard decides what is dropped
     * @param config how it is set up
     * @param reuse whether the port may be another's, too
     * @throws IOException if the address cannot be bound, or not be shared
     */
    static GuardedSocket bind(SocketAddress local, ArrivalGuard guard, SocketConfig config, AddressReuse reuse)
            throws IOException {
        if (reuse == AddressReuse.PORT) {
            throw new IOException(
                    "sockets of the JDK cannot share a port (AddressReuse.PORT); the engine Netty has some that can");
        }
        GuardedSocket socket = new GuardedSocket(guard);
        try {
            socket.setUp(config, reuse);
            socket.bind(local);
            return socket;
        } catch (IOException | RuntimeException failed) {
            socket.close();
            throw failed;
        }
    }

    private void setUp(SocketConfig config, AddressReuse reuse) throws SocketException {
        setReuseAddress(reuse == AddressReuse.ADDRESS);
        setReceiveBufferSize(config.receiveBufferSize());
        setSendBufferSize(config.sendBufferSize());
        if (config.dscp() != 0) {
            // The other two bits are those of ECN.
            setTrafficClass(config.dscp() << 2);
        }
    }

    /**
     * A client's handshake begins.
     *
     * @param thread on which it is begun and then waited for
     */
    void start(Thread thread) {
        starting = thread;
    }

    /** Failed reads are tried again from now on. */
    void serve() {
        isServer = true;
    }

    /** The peer has answered: what the network says of its port counts for nothing from now on, for anybody may say it. */
    void establish() {
        toleratesUnreachable = true;
    }

    /** What the network said while nobody had answered yet, if it said that nothing listens there. */
    @Nullable
    PortUnreachableException unreachable() {
        return unreachable;
    }

    @Override
    public void receive(DatagramPacket packet) throws IOException {
        if (coalesced.poll(packet)) {
            return;
        }
        int room = packet.getLength();
        while (true) {
            try {
                packet.setLength(room);
                super.receive(packet);
                awaitStarted();
                if (guard.accepts(packet)) {
                    coalesced.cut(packet);
                    return;
                }
            } catch (PortUnreachableException refused) {
                if (!toleratesUnreachable && !isServer) {
                    unreachable = refused;
                    throw refused;
                }
            } catch (IOException failed) {
                if (isClosed() || !isServer) {
                    throw failed;
                }
                LOG.warn("A read of the UDP port {} failed; it is tried again", getLocalPort(), failed);
                pause();
            }
        }
    }

    private void awaitStarted() {
        Thread thread = starting;
        if (thread == null) {
            return;
        }
        long began = System.nanoTime();
        while (thread.isAlive()
                && thread.getState() != Thread.State.TIMED_WAITING
                && System.nanoTime() - began < MAX_START_NANOS) {
            Thread.yield();
        }
        starting = null;
    }

    private static void pause() throws InterruptedIOException {
        try {
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the port is being closed");
        }
    }
}
