package dev.webtransport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection only when its CONNECTION_CLOSE has left.
 *
 * <p>quiche counts that frame against the congestion window: a connection that is closed while a window full of data is under way
 * cannot say so, and takes in no acknowledgement either from then on. Netty frees it in the same moment, so the peer would learn of
 * the end by its idle timeout. What opens the window again is quiche's probe timer (RFC 9002, section 6.2): so the connection is
 * kept until a packet has left, or that would take too long. On the event loop only.
 */
final class LastWord implements Runnable {
    private static final long INTERVAL_MILLIS = 5;

    /** RFC 9000, section 20.1. */
    private static final int APPLICATION_ERROR = 0x0c;

    /** Some probe timeouts on the internet. */
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final QuicheAccess access;
    private final QuicChannel channel;
    private final EventExecutor loop;
    private final int errorCode;
    private final byte[] reason;
    private final long deadline = System.nanoTime() + LIMIT_NANOS;
    private long packetsBefore;

    private LastWord(QuicheAccess access, QuicChannel channel, EventExecutor loop, int errorCode, byte[] reason) {
        this.access = access;
        this.channel = channel;
        this.loop = loop;
        this.errorCode = errorCode;
        this.reason = reason;
    }

    /**
     * Closes a connection with an application error code.
     *
     * @param errorCode 31 bits: Netty tells the peer's application no more
     * @param reason UTF-8 that fits a packet
     */
    static void say(QuicChannel channel, EventExecutor loop, int errorCode, byte[] reason) {
        QuicheAccess access = QuicheAccess.find();
        if (access == null) {
            channel.close(true, errorCode, Unpooled.wrappedBuffer(reason));
            return;
        }
        LastWord word = new LastWord(access, channel, loop, errorCode, reason);
        ByteBuf text = Unpooled.directBuffer(Math.max(reason.length, 1)).writeBytes(reason);
        try {
            // What is queued leaves first; from the close on quiche sends nothing but CONNECTION_CLOSE.
            access.flush(channel);
            word.packetsBefore = access.packetsSent(channel);
            access.close(channel, errorCode, text);
        } finally {
            text.release();
        }
        word.run();
    }

    /**
     * Closes a client's connection with an application error code, once the server has said something after the handshake, which it
     * does when it confirms it. Before that quiche would send no application's error; it would keep the connection, and from its
     * next probe on send acknowledgements without end. If nothing comes, the connection is closed as in a handshake.
     */
    static void sayAfter(
            HandshakePackets handshake, QuicChannel channel, EventExecutor loop, int errorCode, byte[] reason) {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        new Runnable() {
            @Override
            public void run() {
                if (handshake.isOver()) {
                    say(channel, loop, errorCode, reason);
                } else if (System.nanoTime() - deadline >= 0) {
                    sayInHandshake(channel);
                } else {
                    loop.schedule(this, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        }.run();
    }

    private static void sayInHandshake(QuicChannel channel) {
        //= rfc9000#10.2.3
        //# before 1-RTT packets are understood an application's error is told as APPLICATION_ERROR, without its reason
        channel.close(false, APPLICATION_ERROR, Unpooled.EMPTY_BUFFER);
    }

    @Override
    public void run() {
        if (channel.isOpen()) {
            access.flush(channel);
        }
        boolean over =
                !channel.isOpen() || access.packetsSent(channel) != packetsBefore || System.nanoTime() - deadline >= 0;
        if (over) {
            channel.close(true, errorCode, Unpooled.wrappedBuffer(reason));
        } else {
            loop.schedule(this, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
