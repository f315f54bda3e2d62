package dev.webtransport.session

import dev.webtransport.value.DatagramStatistics
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
     * One bounded queue ([dev.webtransport.config.DatagramConfig.incomingMaxBufferedDatagrams]) feeds all collectors; the oldest is
     * dropped when it is full, and each after [dev.webtransport.config.DatagramConfig.incomingMaxAge]. The flow ends as those of incoming streams do.
     *
     * Cancellation: a datagram is either emitted or stays in the queue.
     */
    public val incoming: Flow<ByteArray>

    /**
     * Sends one datagram; [data] may be reused on return. Never waits: it goes to the transport, or while that has no room into a
     * bounded queue ([dev.webtransport.config.DatagramConfig.outgoingMaxBufferedDatagrams]), where it is dropped after
     * [dev.webtransport.config.DatagramConfig.outgoingMaxAge]; with a full queue it is dropped at once, and the answer says so. An
     * empty datagram is a datagram. Datagrams leave before the bytes of streams.
     *
     * @throws dev.webtransport.error.SessionException if the session has ended
     */
    public fun send(data: ByteBuffer): DatagramStatus

    /** The same for an array. */
    public fun send(data: ByteArray): DatagramStatus = send(ByteBuffer.wrap(data))

    /**
     * Sends one datagram as [send] does, but waits for room while the queue is full: the answer is never
     * [DatagramStatus.BLOCKED]. [data] may be reused on return.
     *
     * Cancellation: the datagram is not sent.
     *
     * @throws dev.webtransport.error.SessionException if the session has ended or ends meanwhile
     */
    public suspend fun sendWhenRoom(data: ByteBuffer): DatagramStatus

    /** The same for an array. */
    public suspend fun sendWhenRoom(data: ByteArray): DatagramStatus = sendWhenRoom(ByteBuffer.wrap(data))

    /** What became of the datagrams of this session so far; also after its end. */
    public fun statistics(): DatagramStatistics

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
