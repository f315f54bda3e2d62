package dev.webtransport.transport

import dev.webtransport.value.Perspective
import java.net.InetSocketAddress
import java.nio.ByteBuffer

/**
 * One connection of bytes each way, its handshakes complete. The two directions end independently.
 *
 * Only [finish] ends what this end sends in good order; who leaves by [close] without it resets the connection, so that the
 * peer never takes cut data for whole. One coroutine at a time reads, one at a time writes; [close] may come from anywhere.
 */
@TransportSpi
public interface ByteConnection {
    /** Which end this is. */
    public val perspective: Perspective

    /** The local address. */
    public val localAddress: InetSocketAddress

    /** The peer's address. */
    public val remoteAddress: InetSocketAddress

    /** What both ends agreed to speak by ALPN (RFC 7301), or null if one of them does not negotiate. */
    public val applicationProtocol: String?

    /**
     * Moves received bytes into [dst], as many as there are and fit, at least one. Suspends while there are none. Who stops
     * reading makes the peer stop sending: no more than [dev.webtransport.config.TcpConfig.receiveBufferSize] wait here.
     *
     * Cancellation: no byte is lost to it.
     *
     * @param dst with room for at least one byte
     * @return the number of bytes, or -1 after the peer has finished (TLS close_notify); again and again then
     * @throws ByteConnectionException if the connection has ended otherwise; bytes not yet read may be gone. An end of TCP
     * without close_notify is [ByteCloseReason.Reset]
     */
    public suspend fun read(dst: ByteBuffer): Int

    /**
     * Hands over all remaining bytes of [data]. Suspends while the bounded send buffer
     * ([dev.webtransport.config.TcpConfig.sendBufferSize]) has no room; returning says that the bytes were taken, not that they
     * arrived. They leave without waiting for more (no delay of small writes). [data] belongs to the caller again on return.
     *
     * Cancellation: the bytes up to the buffer's position were taken, the rest was not.
     *
     * @throws ByteConnectionException if the connection has ended, before or while this waits
     * @throws IllegalStateException after [finish]
     */
    public suspend fun write(data: ByteBuffer)

    /**
     * Ends what this end sends: everything written, then close_notify. Reading goes on. Returns when the engine has taken it;
     * nothing happens when it is called again.
     *
     * Cancellation: it is sent nevertheless.
     *
     * @throws ByteConnectionException if the connection has ended
     */
    public suspend fun finish()

    /**
     * Ends the connection now, and whatever waits here with [ByteCloseReason.Local]. What this end has finished is still
     * delivered if the peer sends no more; what it has not finished is reset. Returns at once; nothing happens when the connection
     * has ended already.
     */
    public fun close()

    /**
     * Waits for the end of the connection and tells how it ended: with [ByteCloseReason.Finished] once both directions were
     * finished and the reader here has seen it, else with what ended it. Any number may wait; later calls get the same answer.
     *
     * TCP tells nothing to who neither reads nor writes: a peer that has gone is noticed by a read or a write.
     */
    public suspend fun awaitClosed(): ByteCloseReason
}
