package dev.webtransport.testkit.mutation

import dev.webtransport.config.QuicConfig
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.QuicListener
import dev.webtransport.transport.QuicReceiveStream
import dev.webtransport.transport.QuicSendStream
import kotlinx.coroutines.CoroutineScope
import java.time.Duration

/** Where a connection with a mistake in it lives. */
internal class Place(
    /** For what such a connection does on its own. */
    val scope: CoroutineScope,
    /** What the peer was configured with, and so the credit it gives. */
    val peer: QuicConfig,
)

/** One mistake of a transport, such as somebody might make. It has everything of the transport around it but that. */
internal enum class PlantedBug {
    LOST_BYTE {
        override fun sending(inner: QuicSendStream, place: Place) = MangledBytes(inner) { it.copyOf(it.size - 1) }
    },
    DUPLICATED_BYTE {
        override fun sending(inner: QuicSendStream, place: Place) = MangledBytes(inner) { it + it.last() }
    },
    SWAPPED_BYTES {
        override fun sending(inner: QuicSendStream, place: Place) = MangledBytes(inner) { it.apply { reverse(size - 2, size) } }
    },
    LOST_FIN {
        override fun sending(inner: QuicSendStream, place: Place) = object : QuicSendStream by inner {
            override suspend fun finish() = Unit
        }
    },
    RESET_SHOWN_AS_END {
        override fun receiving(inner: QuicReceiveStream, place: Place) = ResetShownAsEnd(inner)
    },
    END_TOLD_ONCE {
        override fun receiving(inner: QuicReceiveStream, place: Place) = EndToldOnce(inner)
    },
    NARROW_RESET_CODE {
        override fun sending(inner: QuicSendStream, place: Place) = object : QuicSendStream by inner {
            override fun reset(errorCode: Long) = inner.reset(errorCode.toInt().toUInt().toLong())
        }
    },
    RESET_CODE_OFF_BY_ONE {
        override fun sending(inner: QuicSendStream, place: Place) = object : QuicSendStream by inner {
            override fun reset(errorCode: Long) = inner.reset(errorCode xor 1)
        }
    },
    STOP_CODE_OFF_BY_ONE {
        override fun receiving(inner: QuicReceiveStream, place: Place) = object : QuicReceiveStream by inner {
            override fun stopSending(errorCode: Long) = inner.stopSending(errorCode xor 1)
        }
    },
    LOST_STOP {
        override fun receiving(inner: QuicReceiveStream, place: Place) = LostStop(inner)
    },
    STOP_DOES_NOT_WAKE_WRITER {
        override fun sending(inner: QuicSendStream, place: Place) = DeafWriter(inner)
    },
    OWN_STOP_DOES_NOT_WAKE_READER {
        override fun receiving(inner: QuicReceiveStream, place: Place) = DeafReader(inner)
    },
    SECOND_FINISH_FAILS {
        override fun sending(inner: QuicSendStream, place: Place) = SecondFinishFails(inner)
    },
    RESET_UNDOES_FINISH {
        override fun sending(inner: QuicSendStream, place: Place) = LazyFinish(inner, place.scope)
    },
    WRITE_RETURNS_BEFORE_IT_COPIES {
        override fun sending(inner: QuicSendStream, place: Place) = LazyWriter(inner, place.scope)
    },
    CANCELLED_READ_LOSES_BYTES {
        override fun receiving(inner: QuicReceiveStream, place: Place) = LossyRead(inner)
    },
    CANCELLED_WRITE_GOES_ON {
        override fun sending(inner: QuicSendStream, place: Place) = UnstoppableWrite(inner, place.scope)
    },
    LEAKED_STREAM {
        override fun connection(inner: QuicConnection, place: Place) = LeakedStreams(inner, place.peer)
    },
    MISSING_CREDIT_OF_STREAM {
        override fun sending(inner: QuicSendStream, place: Place) = StarvedWriter(inner, Allowance(place.peer.maxStreamData()))
    },
    MISSING_CREDIT_OF_CONNECTION {
        override fun connection(inner: QuicConnection, place: Place) = StarvedConnection(inner, place.peer)
    },
    MISSING_CREDIT_OF_RESET_STREAMS {
        override fun connection(inner: QuicConnection, place: Place) = StarvedByResets(inner, place.peer)
    },
    UNBOUNDED_SEND_BUFFER {
        override fun config(config: QuicConfig): QuicConfig = config.toBuilder().sendBufferSize(1 shl 30).build()
    },
    CANCELLED_ACCEPT_LOSES_STREAM {
        override fun connection(inner: QuicConnection, place: Place) = LossyAccept(inner)
    },
    CANCELLED_OPEN_TAKES_CREDIT {
        override fun connection(inner: QuicConnection, place: Place) = UnstoppableOpen(inner, place.scope)
    },
    CANCELLED_ACCEPT_LOSES_CONNECTION {
        override fun listener(inner: QuicListener, scope: CoroutineScope) = LossyListener(inner)
    },
    CANCELLED_RECEIVE_LOSES_DATAGRAM {
        override fun connection(inner: QuicConnection, place: Place) = LossyDatagrams(inner)
    },
    UNBOUNDED_DATAGRAM_QUEUE {
        override fun connection(inner: QuicConnection, place: Place) = OwnDatagramQueue(inner, place.scope, Int.MAX_VALUE)
    },
    NEWEST_DATAGRAM_DROPPED {
        override fun connection(inner: QuicConnection, place: Place) = OwnDatagramQueue(inner, place.scope, SHORT_QUEUE)
    },
    OVERSIZED_DATAGRAM_SENT {
        override fun connection(inner: QuicConnection, place: Place) = CutDatagrams(inner)
    },
    DATAGRAM_SENT_BEFORE_IT_IS_COPIED {
        override fun connection(inner: QuicConnection, place: Place) = LazyDatagrams(inner, place.scope)
    },
    DATAGRAM_SENT_AFTER_CLOSE {
        override fun connection(inner: QuicConnection, place: Place) = NeverBlockedDatagrams(inner)
    },
    CLOSE_CODE_OFF_BY_ONE {
        override fun connection(inner: QuicConnection, place: Place) = object : QuicConnection by inner {
            override fun close(errorCode: Long, reason: String) = inner.close(errorCode xor 1, reason)
        }
    },
    CLOSE_REASON_LOST {
        override fun connection(inner: QuicConnection, place: Place) = object : QuicConnection by inner {
            override fun close(errorCode: Long, reason: String) = inner.close(errorCode, "")
        }
    },
    REASON_CUT_IN_CODE_POINT {
        override fun connection(inner: QuicConnection, place: Place) = ReasonCutAnywhere(inner)
    },
    SECOND_CLOSE_WINS {
        override fun connection(inner: QuicConnection, place: Place) = LastCloseWins(inner, place.scope)
    },
    SECOND_CLOSE_FAILS {
        override fun connection(inner: QuicConnection, place: Place) = SecondCloseFails(inner)
    },
    CLOSE_DOES_NOT_WAKE_WHO_WAITS {
        override fun connection(inner: QuicConnection, place: Place) = DeafToClose(inner, place.scope)
    },
    CLOSE_DROPS_WHAT_WAS_WRITTEN {
        override fun connection(inner: QuicConnection, place: Place) = HastyClose(inner, place.scope)
    },
    NO_KEEP_ALIVE {
        override fun config(config: QuicConfig): QuicConfig = config.toBuilder().keepAliveInterval(null).build()
    },
    NO_IDLE_TIMEOUT {
        override fun config(config: QuicConfig): QuicConfig = config.toBuilder().idleTimeout(Duration.ofDays(1)).build()
    },
    UNBOUNDED_BACKLOG {
        override fun config(config: QuicConfig): QuicConfig = config.toBuilder().acceptBacklog(100_000).build()
    },
    CLOSED_LISTENER_TAKES_CONNECTIONS_ALONG {
        override fun listener(inner: QuicListener, scope: CoroutineScope) = PossessiveListener(inner)
    },
    CLOSED_LISTENER_LEAVES_ACCEPT_WAITING {
        override fun listener(inner: QuicListener, scope: CoroutineScope) = SilentListener(inner)
    },
    CLOSED_ENGINE_LEAVES_CONNECTIONS {
        override val closes = false
    },
    ;

    /** Whether closing the transport does anything. */
    open val closes: Boolean get() = true

    open fun config(config: QuicConfig): QuicConfig = config

    open fun listener(inner: QuicListener, scope: CoroutineScope): QuicListener = inner

    open fun connection(inner: QuicConnection, place: Place): QuicConnection = inner

    open fun sending(inner: QuicSendStream, place: Place): QuicSendStream = inner

    open fun receiving(inner: QuicReceiveStream, place: Place): QuicReceiveStream = inner

    private companion object {
        const val SHORT_QUEUE = 4
    }
}
