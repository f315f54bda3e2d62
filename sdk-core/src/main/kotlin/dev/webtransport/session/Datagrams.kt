package dev.webtransport.session

import dev.webtransport.value.DatagramStatus
import kotlinx.coroutines.flow.Flow
import java.nio.ByteBuffer

/** The datagrams of a session: unreliable, unordered, not split, congestion-controlled (RFC 9221, RFC 9297). */
@SubclassOptInRequired(NotForImplementation::class)
public interface Datagrams {
    /**
     * The longest datagram that can be sent now, in bytes; 0 when the peer takes none. It may change with the path: ask
     * before each large one.
     */
    public val maxDatagramSize: Int

    /**
     * Received datagrams, in order of arrival.
     *
     * One bounded queue ([dev.webtransport.config.DatagramConfig.incomingQueueLength]) feeds all collectors; the oldest is
     * dropped when it is full. The flow ends as those of incoming streams do.
     *
     * Cancellation: a datagram is either emitted or stays in the queue.
     */
    public val incoming: Flow<ByteArray>

    /**
     * Sends one datagram; [data] may be reused on return. Never waits: what cannot be sent now is dropped, and the answer
     * says so. An empty datagram is a datagram.
     *
     * @throws dev.webtransport.error.SessionException if the session has ended
     */
    public fun send(data: ByteBuffer): DatagramStatus

    /** The same for an array. */
    public fun send(data: ByteArray): DatagramStatus = send(ByteBuffer.wrap(data))

    /**
     * The next received datagram, or null when there will be none: the session was closed by this end, or by the peer with
     * code 0.
     *
     * Cancellation: no datagram is lost.
     *
     * @throws dev.webtransport.error.SessionException if the session ended in another way
     */
    public suspend fun receive(): ByteArray?
}
