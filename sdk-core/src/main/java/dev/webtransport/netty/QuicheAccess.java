package dev.webtransport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What quiche can do and Netty's public interface does not offer. The one place that reaches into private state; it is
 * written for Netty 4.2.18 and {@link #find() found} only where every member it needs is there.
 *
 * <p>All functions are for the event loop of the connection. On a connection that was freed they do nothing.
 */
final class QuicheAccess {
    private static final Logger LOG = LoggerFactory.getLogger(QuicheAccess.class);
    private static final String PACKAGE = "io.netty.handler.codec.quic.";
    private static final @Nullable QuicheAccess INSTANCE = look();

    /** What {@link #streamCapacity} answers for a connection that was freed, or a call that failed. */
    static final long UNKNOWN = Long.MIN_VALUE;

    /** Where Netty finds it among the counters of quiche. */
    private static final int PACKETS_RECEIVED = 0;

    private static final int PACKETS_SENT = 1;
    private static final int STREAMS_AT_ONCE = 16;

    private final Method shutdown;
    private final Method capacity;
    private final Method finished;
    private final Method readable;
    private final Method nextStreams;
    private final Method freeStreams;
    private final Method streamsLeftBidirectional;
    private final Method streamsLeftUnidirectional;
    private final Method datagramMaxWritable;
    private final Method datagramSend;
    private final Method receive;
    private final Method receiveInfo;
    private final Method positionAddress;
    private final Method toException;
    private final Method shouldClose;
    private final Field connection;
    private final Method isFreed;
    private final Method address;
    private final Method flush;
    private final Method close;
    private final Method statistics;
    private final Method isEstablished;
    private final Method readerMemoryAddress;
    private final Field streams;
    private final Field finSent;
    private final Field finReceived;
    private final Method writable;
    private final int read;
    private final int write;
    private final int errorStopped;
    private final int errorInvalidStreamState;
    private final int errorDone;

    private QuicheAccess() throws ReflectiveOperationException {
        Class<?> quiche = Class.forName(PACKAGE + "Quiche");
        Class<?> channel = Class.forName(PACKAGE + "QuicheQuicChannel");
        Class<?> connectionType = Class.forName(PACKAGE + "QuicheQuicConnection");
        Class<?> stream = Class.forName(PACKAGE + "QuicheQuicStreamChannel");
        shutdown = open(
                quiche.getDeclaredMethod("quiche_conn_stream_shutdown", long.class, long.class, int.class, long.class));
        capacity = open(quiche.getDeclaredMethod("quiche_conn_stream_capacity", long.class, long.class));
        finished = open(quiche.getDeclaredMethod("quiche_conn_stream_finished", long.class, long.class));
        readable = open(quiche.getDeclaredMethod("quiche_conn_readable", long.class));
        nextStreams = open(quiche.getDeclaredMethod("quiche_stream_iter_next", long.class, long[].class));
        freeStreams = open(quiche.getDeclaredMethod("quiche_stream_iter_free", long.class));
        streamsLeftBidirectional = open(quiche.getDeclaredMethod("quiche_conn_peer_streams_left_bidi", long.class));
        streamsLeftUnidirectional = open(quiche.getDeclaredMethod("quiche_conn_peer_streams_left_uni", long.class));
        datagramMaxWritable = open(quiche.getDeclaredMethod("quiche_conn_dgram_max_writable_len", long.class));
        datagramSend = open(quiche.getDeclaredMethod("quiche_conn_dgram_send", long.class, long.class, int.class));
        receive = open(quiche.getDeclaredMethod("quiche_conn_recv", long.class, long.class, int.class, long.class));
        receiveInfo = open(connectionType.getDeclaredMethod("nextRecvInfo"));
        positionAddress = open(quiche.getDeclaredMethod("memoryAddressWithPosition", ByteBuffer.class));
        toException = open(quiche.getDeclaredMethod("convertToException", int.class));
        shouldClose = open(quiche.getDeclaredMethod("shouldClose", int.class));
        connection = open(channel.getDeclaredField("connection"));
        isFreed = open(connectionType.getDeclaredMethod("isFreed"));
        address = open(connectionType.getDeclaredMethod("address"));
        flush = open(channel.getDeclaredMethod("connectionSendAndFlush"));
        close = open(quiche.getDeclaredMethod(
                "quiche_conn_close", long.class, boolean.class, long.class, long.class, int.class));
        statistics = open(quiche.getDeclaredMethod("quiche_conn_stats", long.class));
        isEstablished = open(quiche.getDeclaredMethod("quiche_conn_is_established", long.class));
        readerMemoryAddress = open(quiche.getDeclaredMethod("readerMemoryAddress", ByteBuf.class));
        streams = open(channel.getDeclaredField("streams"));
        finSent = open(stream.getDeclaredField("finSent"));
        finReceived = open(stream.getDeclaredField("finReceived"));
        writable = open(stream.getDeclaredMethod("writable", long.class));
        read = open(quiche.getDeclaredField("QUICHE_SHUTDOWN_READ")).getInt(null);
        write = open(quiche.getDeclaredField("QUICHE_SHUTDOWN_WRITE")).getInt(null);
        errorStopped =
                open(quiche.getDeclaredField("QUICHE_ERR_STREAM_STOPPED")).getInt(null);
        errorDone = open(quiche.getDeclaredField("QUICHE_ERR_DONE")).getInt(null);
        errorInvalidStreamState =
                open(quiche.getDeclaredField("QUICHE_ERR_INVALID_STREAM_STATE")).getInt(null);
    }

    /** The access, or null where this Netty or this module layout does not allow it. */
    static @Nullable QuicheAccess find() {
        return INSTANCE;
    }

    /** RESET_STREAM with all 62 bits of a code; what waits in the channel's queue of writes is dropped. */
    void resetStream(QuicStreamChannel stream, long errorCode) {
        shutdown(stream, write, errorCode);
        failWrites(stream);
    }

    /** STOP_SENDING with all 62 bits of a code. */
    void stopSending(QuicStreamChannel stream, long errorCode) {
        shutdown(stream, read, errorCode);
    }

    /** How many bytes a stream would take now, or one of quiche's errors, or {@link #UNKNOWN}. */
    long streamCapacity(QuicChannel channel, long streamId) {
        try {
            long conn = connectionOf(channel);
            return conn == 0 ? UNKNOWN : (long) capacity.invoke(null, conn, streamId);
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /** Whether all of a stream was received and taken, or quiche holds no such stream; false once the connection was freed. */
    boolean isFinished(QuicStreamChannel stream) {
        try {
            long conn = connectionOf(stream.parent());
            return conn != 0 && (boolean) finished.invoke(null, conn, stream.streamId());
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /** Whether a stream has something to take: bytes, its end, or a reset. */
    boolean isReadable(QuicStreamChannel stream) {
        try {
            long conn = connectionOf(stream.parent());
            long all = conn == 0 ? -1 : (long) readable.invoke(null, conn);
            if (all == -1) {
                return false;
            }
            try {
                long[] ids = new long[STREAMS_AT_ONCE];
                int count;
                do {
                    count = (int) nextStreams.invoke(null, all, ids);
                    if (LongStream.of(ids).limit(count).anyMatch(id -> id == stream.streamId())) {
                        return true;
                    }
                } while (count == ids.length);
                return false;
            } finally {
                freeStreams.invoke(null, all);
            }
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /** Whether an answer of {@link #streamCapacity} says that quiche holds no such stream, or no longer. */
    boolean saysForgotten(long capacity) {
        return capacity == errorInvalidStreamState;
    }

    /** Whether an answer of {@link #streamCapacity} says that the peer wants no more: stopped, or stopped and forgotten. */
    boolean saysStopped(long capacity) {
        return capacity == errorStopped || capacity == errorInvalidStreamState;
    }

    /**
     * Hands a datagram to quiche; it leaves with the next {@link #flush}. What quiche refuses for another reason than a full
     * queue is lost, as datagrams may be.
     *
     * @param datagram a direct buffer of one piece
     * @return false if quiche's queue is full
     */
    boolean sendDatagram(QuicChannel channel, ByteBuf datagram) {
        try {
            long conn = connectionOf(channel);
            return conn == 0
                    || (int) datagramSend.invoke(
                                    null,
                                    conn,
                                    (long) readerMemoryAddress.invoke(null, datagram),
                                    datagram.readableBytes())
                            != errorDone;
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /**
     * Hands a packet to quiche, and what it brings is found when Netty's codec handles the next one. An error is told as Netty tells it.
     *
     * @param bytes a packet that came the same way as the last one that the codec handled; it is changed, and not released
     * @return false if nothing was done, because the codec has to see the packet itself
     */
    boolean receive(QuicChannel channel, ByteBuf bytes) {
        if (!bytes.isDirect() || bytes.isReadOnly()) {
            return false;
        }
        try {
            long conn = connectionOf(channel);
            if (conn == 0) {
                return false;
            }
            long from = (long) readerMemoryAddress.invoke(null, bytes);
            long info = (long) positionAddress.invoke(null, receiveInfo.invoke(connection.get(channel)));
            int left = bytes.readableBytes();
            while (left > 0) {
                int taken = (int) receive.invoke(null, conn, from, left, info);
                if (taken < 0) {
                    if (taken != errorDone) {
                        handleReceiveError(channel, taken);
                    }
                    return true;
                }
                from += taken;
                left -= taken;
            }
            return true;
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    private void handleReceiveError(QuicChannel channel, int error) throws ReflectiveOperationException {
        channel.pipeline().fireExceptionCaught((Throwable) toException.invoke(null, error));
        if ((boolean) shouldClose.invoke(null, error)) {
            channel.close();
        }
    }

    /** Sends what quiche has to send. */
    void flush(QuicChannel channel) {
        try {
            flush.invoke(channel);
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /**
     * Tells quiche to close the connection with an application error code. It sends CONNECTION_CLOSE when it is
     * next asked to send, if the congestion window lets it; the connection is not freed.
     *
     * @param reason a direct buffer
     */
    void close(QuicChannel channel, long errorCode, ByteBuf reason) {
        try {
            long conn = connectionOf(channel);
            if (conn != 0) {
                long text = (long) readerMemoryAddress.invoke(null, reason);
                // Its result says only whether the connection was closed before.
                close.invoke(null, conn, true, errorCode, text, reason.readableBytes());
            }
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /** How many packets were sent so far, or {@link #UNKNOWN} for a connection that was freed. */
    long packetsSent(QuicChannel channel) {
        return statistic(channel, PACKETS_SENT);
    }

    /** How many packets were received so far, or {@link #UNKNOWN} for a connection that was freed. */
    long packetsReceived(QuicChannel channel) {
        return statistic(channel, PACKETS_RECEIVED);
    }

    /** Whether the handshake is complete at this end, which Netty's {@code channelActive} tells late; false once it was freed. */
    boolean isEstablished(QuicChannel channel) {
        try {
            long conn = connectionOf(channel);
            return conn != 0 && (boolean) isEstablished.invoke(null, conn);
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    private long statistic(QuicChannel channel, int which) {
        try {
            long conn = connectionOf(channel);
            return conn == 0 ? UNKNOWN : ((long[]) statistics.invoke(null, conn))[which];
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /** Fails all writes that wait in the stream channel. */
    void failWrites(QuicStreamChannel stream) {
        try {
            // The same call that Netty makes when it learns of STOP_SENDING: it fails the queue and nothing else.
            writable.invoke(stream, (long) errorStopped);
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /**
     * Marks both halves as ended, so that a close of the channel sends no FIN of its own and takes the stream out of its
     * connection's map. Without this a stream that ends by RESET_STREAM or STOP_SENDING stays there until the
     * connection ends.
     */
    void markEnded(QuicStreamChannel stream) {
        try {
            finSent.setBoolean(stream, true);
            finReceived.setBoolean(stream, true);
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /** How many more streams of a type the peer allows now, or -1 if unknown. */
    long streamsLeft(QuicChannel channel, QuicStreamType type) {
        try {
            long conn = connectionOf(channel);
            if (conn == 0) {
                return -1;
            }
            Method left = type == QuicStreamType.BIDIRECTIONAL ? streamsLeftBidirectional : streamsLeftUnidirectional;
            return (long) left.invoke(null, conn);
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /** The largest datagram that can be sent now, negative if none or unknown. */
    int maxDatagramSize(QuicChannel channel) {
        try {
            long conn = connectionOf(channel);
            return conn == 0 ? -1 : (int) datagramMaxWritable.invoke(null, conn);
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    /** How many stream channels the connection holds. */
    int streamCount(QuicChannel channel) {
        try {
            return ((Map<?, ?>) streams.get(channel)).size();
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    private void shutdown(QuicStreamChannel stream, int direction, long errorCode) {
        try {
            QuicChannel channel = stream.parent();
            long conn = connectionOf(channel);
            if (conn == 0) {
                return;
            }
            // Its result says only whether there was anything left to shut down.
            shutdown.invoke(null, conn, stream.streamId(), direction, errorCode);
            flush(channel);
        } catch (ReflectiveOperationException failed) {
            throw broken(failed);
        }
    }

    private long connectionOf(QuicChannel channel) throws ReflectiveOperationException {
        Object conn = connection.get(channel);
        return conn == null || (boolean) isFreed.invoke(conn) ? 0 : (long) address.invoke(conn);
    }

    private static IllegalStateException broken(ReflectiveOperationException failed) {
        Throwable cause = failed instanceof InvocationTargetException ? failed.getCause() : failed;
        return new IllegalStateException("a call into Netty's QUIC codec failed: " + cause, cause);
    }

    private static <T extends AccessibleObject> T open(T member) {
        member.setAccessible(true);
        return member;
    }

    private static @Nullable QuicheAccess look() {
        try {
            return new QuicheAccess();
        } catch (ReflectiveOperationException | RuntimeException | LinkageError missing) {
            LOG.warn(
                    "This Netty QUIC codec is not the one this engine was written for: stream error codes are cut to 31"
                            + " bits, and streams that end by a reset cost memory until their connection ends ({})",
                    missing.toString());
            return null;
        }
    }
}
