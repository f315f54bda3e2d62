package dev.webtransport.runtime

import dev.webtransport.config.SessionCreditPolicy
import dev.webtransport.config.StreamOptions
import dev.webtransport.engine.CreditRaised
import dev.webtransport.engine.EngineEvent
import dev.webtransport.engine.PeerBlocked
import dev.webtransport.engine.SessionFlow
import dev.webtransport.error.StreamLimitException
import dev.webtransport.flow.CreditKind
import dev.webtransport.flow.ReceiveWindow
import dev.webtransport.flow.SendCredit
import dev.webtransport.session.FlowControl
import dev.webtransport.session.SessionCredit
import dev.webtransport.session.SessionEvent
import dev.webtransport.session.SessionLimits
import dev.webtransport.value.Initiator
import dev.webtransport.value.StreamType
import kotlinx.coroutines.launch
import java.util.concurrent.atomic.AtomicInteger

/**
 * The credit of one session as its streams and its application use it. What streams send and read is counted in the accounts
 * that they share with the engine; a turn of the engine is asked for only when there is something to say.
 */
internal class Http3FlowControl(
    private val session: Http3Session,
    private val flow: SessionFlow?,
) : FlowControl {
    private val queues: Map<CreditKind, CreditQueue> =
        if (flow == null) {
            emptyMap()
        } else {
            CreditKind.values().associateWith { kind -> CreditQueue(flow.toUse(kind)) { handleLocalBlocked(kind) } }
        }

    /** How often something became due since the engine was last asked. */
    private val due = AtomicInteger()

    // ---- what the application calls

    override val isNegotiated: Boolean get() = flow != null

    override val local: SessionLimits? =
        flow?.let { accounts -> Limits({ accounts.toUse(it) }, SendCredit::limit, SendCredit::used) }

    override val remote: SessionLimits? =
        flow?.let { accounts -> Limits({ accounts.toGive(it) }, ReceiveWindow::limit, ReceiveWindow::received) }

    override fun grantData(maxData: Long): Boolean = grant(CreditKind.DATA, maxData)

    override fun grantStreams(type: StreamType, maxStreams: Long): Boolean = grant(CreditKind.of(type), maxStreams)

    private fun grant(kind: CreditKind, limit: Long): Boolean {
        checkNotNull(flow) {
            "this session has no flow control, so there is no credit to grant; both ends have to want it (Http3Config.flowControl)"
        }
        check(flow.policy() == SessionCreditPolicy.MANUAL) {
            "credit is automatic in this session; choose SessionCreditPolicy.MANUAL to grant it yourself"
        }
        session.throwIfEnded()
        return flow.toGive(kind).grant(limit).also { raised -> if (raised) settle() }
    }

    // ---- what sending streams call

    /** Whether what is sent has to be counted. */
    val countsData: Boolean get() = flow != null

    /** Takes credit for bytes, if there is some at once: 0 to [most]. */
    fun tryTakeData(most: Int): Int = queue(CreditKind.DATA).tryTake(most.toLong()).toInt()

    /** Takes credit for bytes, waiting for it: 1 to [most], or 0 because the session has ended. */
    suspend fun takeData(most: Int): Int = queue(CreditKind.DATA).take(most.toLong()).toInt()

    fun giveBackData(unused: Int) = queue(CreditKind.DATA).giveBack(unused.toLong())

    /** Takes credit for a stream of this end. Cancellation: none is taken. */
    suspend fun takeStream(type: StreamType, options: StreamOptions) {
        val queue = queues[CreditKind.of(type)] ?: return
        if (options.waitUntilAvailable()) {
            if (queue.take(1) == 0L) throw session.awaitEndException()
        } else if (queue.tryTake(1) == 0L) {
            session.throwIfEnded()
            throw StreamLimitException(
                "the peer allows ${local?.maxStreams(type)} ${type.name.lowercase()} streams in this session so far, and all are used " +
                    "(session flow control); wait until it allows more, or end streams",
            )
        }
    }

    /** The stream that credit was taken for never showed at the peer. */
    fun giveBackStream(type: StreamType) {
        queues[CreditKind.of(type)]?.giveBack(1)
    }

    private fun queue(kind: CreditKind): CreditQueue = queues.getValue(kind)

    private fun handleLocalBlocked(kind: CreditKind) {
        session.tell(SessionEvent.Blocked(shown(kind), checkNotNull(flow).toUse(kind).limit(), Initiator.LOCAL))
        settle()
    }

    // ---- what receiving streams call

    /** Payload came that nobody asked for yet. */
    fun handleArrived(bytes: Int) = settleIf(flow?.handleArrived(bytes.toLong()))

    /** Payload that nobody had asked for is asked for now, or dropped. */
    fun handleTaken(bytes: Int) = settleIf(flow?.handleTaken(bytes.toLong()))

    /** Payload was read because somebody asked for it. */
    fun handleRead(bytes: Int) = settleIf(flow?.handleRead(bytes.toLong()))

    /** What the peer still had to send, or had sent unread, will not be read. */
    fun handleAbandoned() = settleIf(flow?.handleAbandoned())

    private fun settleIf(isDue: Boolean?) {
        if (isDue == true) settle()
    }

    // ---- what the session calls

    fun handle(event: EngineEvent.OfCredit) {
        when (event) {
            is CreditRaised -> {
                session.tell(SessionEvent.CreditRaised(shown(event.kind()), event.limit()))
                queue(event.kind()).serve()
            }

            is PeerBlocked -> {
                session.tell(SessionEvent.Blocked(shown(event.kind()), event.limit(), Initiator.REMOTE))
            }
        }
    }

    /** The session has ended. */
    fun close() {
        queues.values.forEach { it.close() }
    }

    /** Lets the engine say what is due, once for all that became due meanwhile, at the pace at which the peer listens. */
    private fun settle() {
        if (due.getAndIncrement() > 0) return
        session.scope.launch {
            do {
                val seen = due.get()
                session.settleCredit()
            } while (due.addAndGet(-seen) > 0)
        }
    }

    private class Limits<A>(
        private val account: (CreditKind) -> A,
        private val limit: (A) -> Long,
        private val used: (A) -> Long,
    ) : SessionLimits {
        override val maxData: Long get() = limit(account(CreditKind.DATA))
        override val usedData: Long get() = used(account(CreditKind.DATA))

        override fun maxStreams(type: StreamType): Long = limit(account(CreditKind.of(type)))

        override fun usedStreams(type: StreamType): Long = used(account(CreditKind.of(type)))
    }

    private companion object {
        fun shown(kind: CreditKind): SessionCredit =
            when (kind) {
                CreditKind.DATA -> SessionCredit.DATA
                CreditKind.BIDIRECTIONAL_STREAMS -> SessionCredit.BIDIRECTIONAL_STREAMS
                CreditKind.UNIDIRECTIONAL_STREAMS -> SessionCredit.UNIDIRECTIONAL_STREAMS
            }
    }
}
