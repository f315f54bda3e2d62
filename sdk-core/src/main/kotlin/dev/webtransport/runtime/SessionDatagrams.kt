package dev.webtransport.runtime

import dev.webtransport.codec.HttpDatagram
import dev.webtransport.config.DatagramConfig
import dev.webtransport.engine.DatagramQueue
import dev.webtransport.session.DatagramDropReason
import dev.webtransport.session.Datagrams
import dev.webtransport.session.SessionEvent
import dev.webtransport.transport.QuicConnectionException
import dev.webtransport.value.DatagramStatistics
import dev.webtransport.value.DatagramStatus
import dev.webtransport.value.Initiator
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import java.nio.ByteBuffer
import kotlin.jvm.optionals.getOrNull
import kotlin.time.TimeSource

/**
 * The datagrams of a session, with a bounded queue for each direction. An outgoing one goes to the transport at once; it
 * waits here only while the transport's own queue is full, and then one coroutine hands on what waits.
 *
 * Age needs no timers: nobody sees that an old datagram is still there until somebody looks, and then it goes first.
 */
internal class SessionDatagrams(
    private val session: Http3Session,
    private val owner: Http3Connection,
    config: DatagramConfig,
    timeSource: TimeSource,
    private val endOfArrivals: suspend () -> Nothing?,
) : Datagrams {
    private val start = timeSource.markNow()
    private val now: Long get() = start.elapsedNow().inWholeNanoseconds

    private val lock = Any()

    // All under the lock.
    private val arrived = DatagramQueue(
        config.incomingMaxBufferedDatagrams(),
        config.incomingMaxAge().getOrNull()?.toNanos() ?: Long.MAX_VALUE,
    )
    private val outgoing = DatagramQueue(
        config.outgoingMaxBufferedDatagrams(),
        config.outgoingMaxAge().getOrNull()?.toNanos() ?: Long.MAX_VALUE,
    )
    private var handingOver = false
    private var closed = false
    private var sent = 0L
    private var received = 0L
    private var droppedIncoming = 0L
    private var expiredIncoming = 0L
    private var droppedOutgoing = 0L
    private var expiredOutgoing = 0L
    private var tooLarge = 0L

    /** Each wakes one who waits; who leaves something for the next one wakes that one. */
    private val arrival = Channel<Unit>(Channel.CONFLATED)
    private val room = Channel<Unit>(Channel.CONFLATED)

    override val maxDatagramSize: Int
        get() = if (owner.peerTakesDatagrams) maxOf(0, owner.quic.maxDatagramSize - HttpDatagram.overhead(session.id)) else 0

    override val incoming: Flow<ByteArray> = flow { while (true) emit(receive() ?: break) }

    override fun send(data: ByteBuffer): DatagramStatus {
        val status = trySend(data)
        if (status == DatagramStatus.BLOCKED) {
            synchronized(lock) { droppedOutgoing++ }
            tellDropped(Initiator.LOCAL, DatagramDropReason.QUEUE_FULL)
        }
        return status
    }

    override suspend fun sendWhenRoom(data: ByteBuffer): DatagramStatus {
        while (true) {
            val status = trySend(data)
            if (status != DatagramStatus.BLOCKED) {
                if (hasRoom()) room.trySend(Unit)
                return status
            }
            await(room)
        }
    }

    override suspend fun receive(): ByteArray? {
        while (true) {
            var expired = 0
            var over = false
            var wakesNext = false
            val payload =
                synchronized(lock) {
                    expired = expireIncoming()
                    arrived.poll().also {
                        over = it == null && closed
                        wakesNext = arrived.size() > 0 || over
                    }
                }
            if (wakesNext) arrival.trySend(Unit)
            tellDropped(Initiator.REMOTE, DatagramDropReason.TOO_OLD, expired)
            if (payload != null) return payload
            if (over) return endOfArrivals()
            await(arrival)
        }
    }

    override fun statistics(): DatagramStatistics {
        var expiredIn = 0
        var expiredOut = 0
        val snapshot =
            synchronized(lock) {
                expiredIn = expireIncoming()
                expiredOut = expireOutgoing()
                DatagramStatistics
                    .builder()
                    .sent(sent)
                    .received(received)
                    .droppedIncoming(droppedIncoming)
                    .expiredIncoming(expiredIncoming)
                    .droppedOutgoing(droppedOutgoing)
                    .expiredOutgoing(expiredOutgoing)
                    .tooLargeOutgoing(tooLarge)
                    .build()
            }
        tellDropped(Initiator.REMOTE, DatagramDropReason.TOO_OLD, expiredIn)
        tellDropped(Initiator.LOCAL, DatagramDropReason.TOO_OLD, expiredOut)
        return snapshot
    }

    /** A datagram arrived. On the engine's dispatcher. */
    fun handleReceived(payload: ByteArray) {
        var expired = 0
        val dropped =
            synchronized(lock) {
                if (closed) return
                expired = expireIncoming()
                received++
                // The oldest goes when the queue is full (W3C WebTransport, incomingMaxBufferedDatagrams).
                arrived.offerDroppingOldest(payload, now).also { if (it) droppedIncoming++ }
            }
        session.traffic.handleDatagramReceived(payload.size)
        arrival.trySend(Unit)
        tellDropped(Initiator.REMOTE, DatagramDropReason.TOO_OLD, expired)
        if (dropped) tellDropped(Initiator.REMOTE, DatagramDropReason.QUEUE_FULL)
    }

    /** The session has ended: what waits is gone. */
    fun close() {
        synchronized(lock) {
            closed = true
            arrived.clear()
            outgoing.clear()
        }
        arrival.trySend(Unit)
        room.trySend(Unit)
    }

    private fun trySend(data: ByteBuffer): DatagramStatus {
        //= draft-ietf-webtrans-http3-16#4.5
        //# Datagrams are sent only while the send side of the CONNECT stream is open.
        session.throwIfEnded()
        if (data.remaining() > maxDatagramSize) return tooLarge()
        val bytes = data.remaining()
        val payload = HttpDatagram.encode(session.id, data)
        var expired = 0
        val behindOthers =
            synchronized(lock) {
                expired = expireOutgoing()
                handingOver
            }
        tellDropped(Initiator.LOCAL, DatagramDropReason.TOO_OLD, expired)
        if (!behindOthers) {
            when (owner.quic.sendDatagram(payload.duplicate())) {
                DatagramStatus.SENT -> {
                    synchronized(lock) { sent++ }
                    session.traffic.handleDatagramSent(bytes)
                    return DatagramStatus.SENT
                }

                // The path became narrower a moment ago.
                DatagramStatus.TOO_LARGE -> {
                    return tooLarge()
                }

                DatagramStatus.BLOCKED -> {}
            }
        }
        return enqueue(payload)
    }

    private fun enqueue(payload: ByteBuffer): DatagramStatus {
        val bytes = ByteArray(payload.remaining()).also { payload.get(it) }
        val begin =
            synchronized(lock) {
                if (closed || !outgoing.offer(bytes, now)) return DatagramStatus.BLOCKED
                !handingOver.also { handingOver = true }
            }
        if (begin) owner.engineScope.launch { handOver() }
        return DatagramStatus.SENT
    }

    /** Hands on what waits, until nothing does. */
    private suspend fun handOver() {
        try {
            while (true) {
                owner.quic.awaitDatagramRoom()
                var expired = 0
                val next =
                    synchronized(lock) {
                        expired = expireOutgoing()
                        outgoing.peek().also { if (it == null) handingOver = false }
                    }
                tellDropped(Initiator.LOCAL, DatagramDropReason.TOO_OLD, expired)
                if (expired > 0) room.trySend(Unit)
                if (next == null) return
                val status = owner.quic.sendDatagram(ByteBuffer.wrap(next))
                if (status != DatagramStatus.BLOCKED) {
                    synchronized(lock) {
                        outgoing.remove(next)
                        if (status == DatagramStatus.SENT) sent++
                    }
                    if (status == DatagramStatus.SENT) session.traffic.handleDatagramSent(next.size - HttpDatagram.overhead(session.id))
                    if (status == DatagramStatus.TOO_LARGE) tooLarge()
                    room.trySend(Unit)
                }
            }
        } catch (lost: QuicConnectionException) {
            // How the session ended is told by the connection; nothing of what waits can be sent.
            synchronized(lock) { outgoing.clear() }
        }
    }

    private fun hasRoom() = synchronized(lock) { outgoing.hasRoom() }

    private fun tooLarge(): DatagramStatus {
        synchronized(lock) { tooLarge++ }
        tellDropped(Initiator.LOCAL, DatagramDropReason.TOO_LARGE)
        return DatagramStatus.TOO_LARGE
    }

    /** Under the lock. */
    private fun expireIncoming(): Int = arrived.expire(now).also { expiredIncoming += it }

    /** Under the lock. */
    private fun expireOutgoing(): Int = outgoing.expire(now).also { expiredOutgoing += it }

    private fun tellDropped(whose: Initiator, reason: DatagramDropReason, count: Int = 1) {
        repeat(count) { session.tell(SessionEvent.DatagramDropped(whose, reason)) }
    }

    private suspend fun await(signal: Channel<Unit>) {
        try {
            signal.receive()
        } catch (cancelled: CancellationException) {
            // The signal may have been for this one; then it is the next one's.
            signal.trySend(Unit)
            throw cancelled
        }
    }
}
