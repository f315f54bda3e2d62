package dev.webtransport.testkit.mutation

import dev.webtransport.testkit.LoopbackTransport
import dev.webtransport.testkit.contract.ContractWorld
import dev.webtransport.testkit.contract.MemoryWorld
import dev.webtransport.testkit.contract.QuicStreamContract
import dev.webtransport.testkit.contract.QuicTransportContract
import dev.webtransport.testkit.contract.SessionContract
import dev.webtransport.testkit.contract.SessionStreamContract
import dev.webtransport.testkit.mutation.PlantedBug.CANCELLED_ACCEPT_LOSES_CONNECTION
import dev.webtransport.testkit.mutation.PlantedBug.CANCELLED_ACCEPT_LOSES_STREAM
import dev.webtransport.testkit.mutation.PlantedBug.CANCELLED_OPEN_TAKES_CREDIT
import dev.webtransport.testkit.mutation.PlantedBug.CANCELLED_READ_LOSES_BYTES
import dev.webtransport.testkit.mutation.PlantedBug.CANCELLED_RECEIVE_LOSES_DATAGRAM
import dev.webtransport.testkit.mutation.PlantedBug.CANCELLED_WRITE_GOES_ON
import dev.webtransport.testkit.mutation.PlantedBug.CLOSED_ENGINE_LEAVES_CONNECTIONS
import dev.webtransport.testkit.mutation.PlantedBug.CLOSED_LISTENER_LEAVES_ACCEPT_WAITING
import dev.webtransport.testkit.mutation.PlantedBug.CLOSED_LISTENER_TAKES_CONNECTIONS_ALONG
import dev.webtransport.testkit.mutation.PlantedBug.CLOSE_CODE_OFF_BY_ONE
import dev.webtransport.testkit.mutation.PlantedBug.CLOSE_DOES_NOT_WAKE_WHO_WAITS
import dev.webtransport.testkit.mutation.PlantedBug.CLOSE_DROPS_WHAT_WAS_WRITTEN
import dev.webtransport.testkit.mutation.PlantedBug.CLOSE_REASON_LOST
import dev.webtransport.testkit.mutation.PlantedBug.DATAGRAM_SENT_AFTER_CLOSE
import dev.webtransport.testkit.mutation.PlantedBug.DATAGRAM_SENT_BEFORE_IT_IS_COPIED
import dev.webtransport.testkit.mutation.PlantedBug.DUPLICATED_BYTE
import dev.webtransport.testkit.mutation.PlantedBug.END_TOLD_ONCE
import dev.webtransport.testkit.mutation.PlantedBug.LEAKED_STREAM
import dev.webtransport.testkit.mutation.PlantedBug.LOST_BYTE
import dev.webtransport.testkit.mutation.PlantedBug.LOST_FIN
import dev.webtransport.testkit.mutation.PlantedBug.LOST_STOP
import dev.webtransport.testkit.mutation.PlantedBug.MISSING_CREDIT_OF_CONNECTION
import dev.webtransport.testkit.mutation.PlantedBug.MISSING_CREDIT_OF_RESET_STREAMS
import dev.webtransport.testkit.mutation.PlantedBug.MISSING_CREDIT_OF_STREAM
import dev.webtransport.testkit.mutation.PlantedBug.NARROW_RESET_CODE
import dev.webtransport.testkit.mutation.PlantedBug.NEWEST_DATAGRAM_DROPPED
import dev.webtransport.testkit.mutation.PlantedBug.NO_IDLE_TIMEOUT
import dev.webtransport.testkit.mutation.PlantedBug.NO_KEEP_ALIVE
import dev.webtransport.testkit.mutation.PlantedBug.OVERSIZED_DATAGRAM_SENT
import dev.webtransport.testkit.mutation.PlantedBug.OWN_STOP_DOES_NOT_WAKE_READER
import dev.webtransport.testkit.mutation.PlantedBug.REASON_CUT_IN_CODE_POINT
import dev.webtransport.testkit.mutation.PlantedBug.RESET_CODE_OFF_BY_ONE
import dev.webtransport.testkit.mutation.PlantedBug.RESET_SHOWN_AS_END
import dev.webtransport.testkit.mutation.PlantedBug.RESET_UNDOES_FINISH
import dev.webtransport.testkit.mutation.PlantedBug.SECOND_CLOSE_FAILS
import dev.webtransport.testkit.mutation.PlantedBug.SECOND_CLOSE_WINS
import dev.webtransport.testkit.mutation.PlantedBug.SECOND_FINISH_FAILS
import dev.webtransport.testkit.mutation.PlantedBug.STOP_CODE_OFF_BY_ONE
import dev.webtransport.testkit.mutation.PlantedBug.STOP_DOES_NOT_WAKE_WRITER
import dev.webtransport.testkit.mutation.PlantedBug.SWAPPED_BYTES
import dev.webtransport.testkit.mutation.PlantedBug.UNBOUNDED_BACKLOG
import dev.webtransport.testkit.mutation.PlantedBug.UNBOUNDED_DATAGRAM_QUEUE
import dev.webtransport.testkit.mutation.PlantedBug.UNBOUNDED_SEND_BUFFER
import dev.webtransport.testkit.mutation.PlantedBug.WRITE_RETURNS_BEFORE_IT_COPIES
import dev.webtransport.transport.QuicTransport
import io.kotest.core.spec.Spec
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.ints.shouldBeGreaterThan
import io.kotest.matchers.maps.shouldContainKey

/** The contracts of QUIC and of sessions, held against transports that are wrong in one thing each. */
class QuicContractMutationSpec :
    FunSpec({
        test("every bug has a test that is to catch it") {
            expectations.map { it.bug }.toSet() shouldContainExactlyInAnyOrder PlantedBug.entries
        }

        for (contract in Contract.entries) {
            test("$contract: a transport without a bug passes") {
                val results = ContractTrial.run({ contract.over(null) })
                results.size shouldBeGreaterThan 10
                results.filterValues { it.isErrorOrFailure }.keys.shouldBeEmpty()
            }
        }

        for ((bug, contract, name) in expectations) {
            test("$contract: \"$name\" catches $bug") {
                val results = ContractTrial.run({ contract.over(bug) }, only = setOf(name))
                results shouldContainKey name
                results.filterValues { it.isErrorOrFailure }.keys shouldContainExactlyInAnyOrder listOf(name)
            }
        }
    })

/** That [test] of [contract] fails over a transport with [bug]. */
private data class Expectation(val bug: PlantedBug, val contract: Contract, val test: String)

private enum class Contract {
    TRANSPORT {
        override fun over(world: ContractWorld<QuicTransport>) = object : QuicTransportContract(world) {}
    },
    STREAM {
        override fun over(world: ContractWorld<QuicTransport>) = object : QuicStreamContract(world) {}
    },
    SESSION {
        override fun over(world: ContractWorld<QuicTransport>) = object : SessionContract(world) {}
    },
    SESSION_STREAM {
        override fun over(world: ContractWorld<QuicTransport>) = object : SessionStreamContract(world) {}
    }, ;

    fun over(bug: PlantedBug?): Spec {
        val name = if (bug == null) "the loopback" else "the loopback with $bug"
        return over(MemoryWorld(name) { timers -> FlawedTransport(LoopbackTransport(timers), bug, timers) })
    }

    abstract fun over(world: ContractWorld<QuicTransport>): Spec

    fun catches(test: String, vararg bugs: PlantedBug): List<Expectation> = bugs.map { Expectation(it, this, test) }
}

private val expectations: List<Expectation> =
    with(Contract.STREAM) {
        catches(
            "what is written comes back from an echo, and FIN follows the data",
            LOST_BYTE,
            DUPLICATED_BYTE,
            SWAPPED_BYTES,
            LOST_FIN,
            END_TOLD_ONCE,
        ) +
            catches("each half of a stream ends by itself", LOST_FIN) +
            catches(
                "a stream that was finished takes no more, and says so by IllegalStateException",
                SECOND_FINISH_FAILS,
                RESET_UNDOES_FINISH,
            ) +
            catches(
                "the code of a reset arrives, all 62 bits of it where the engine can",
                NARROW_RESET_CODE,
                RESET_CODE_OFF_BY_ONE,
                RESET_SHOWN_AS_END,
            ) +
            catches(
                "STOP_SENDING ends a write that waits, and every later one",
                STOP_CODE_OFF_BY_ONE,
                STOP_DOES_NOT_WAKE_WRITER,
                LOST_STOP,
            ) +
            catches("STOP_SENDING reaches a stream that writes nothing, also a unidirectional one", LOST_STOP) +
            catches(
                "a reader that waits is woken by its own stopSending, a writer by its own reset",
                OWN_STOP_DOES_NOT_WAKE_READER,
            ) +
            catches(
                "a writer waits while nobody reads, and everything arrives once somebody does",
                UNBOUNDED_SEND_BUFFER,
                MISSING_CREDIT_OF_STREAM,
                MISSING_CREDIT_OF_CONNECTION,
                WRITE_RETURNS_BEFORE_IT_COPIES,
            ) +
            catches("a read that is cancelled loses no byte", CANCELLED_READ_LOSES_BYTES) +
            catches("a write that is cancelled has taken what the position of the buffer says", CANCELLED_WRITE_GOES_ON) +
            catches("opening waits for the peer's credit, in order, and a cancelled one takes none", CANCELLED_OPEN_TAKES_CREDIT) +
            catches("accepting that is cancelled loses no stream", CANCELLED_ACCEPT_LOSES_STREAM) +
            catches(
                "streams end by FIN, reset and stop in every combination, and each gives its credit back",
                LEAKED_STREAM,
                LOST_FIN,
            ) +
            catches(
                "bytes that nobody read of streams that were reset or stopped give the connection its credit back",
                MISSING_CREDIT_OF_RESET_STREAMS,
                MISSING_CREDIT_OF_CONNECTION,
            )
    } + with(Contract.TRANSPORT) {
        catches(
            "datagrams arrive, up to the size that was named",
            OVERSIZED_DATAGRAM_SENT,
            DATAGRAM_SENT_BEFORE_IT_IS_COPIED,
        ) +
            catches(
                "the newest datagrams are kept when nobody takes them",
                UNBOUNDED_DATAGRAM_QUEUE,
                NEWEST_DATAGRAM_DROPPED,
            ) +
            catches("receiving a datagram that is cancelled loses none", CANCELLED_RECEIVE_LOSES_DATAGRAM) +
            catches(
                "a close tells the other end its code and reason, and ends everything here and there",
                CLOSE_CODE_OFF_BY_ONE,
                CLOSE_REASON_LOST,
                SECOND_CLOSE_WINS,
                SECOND_CLOSE_FAILS,
                CLOSE_DOES_NOT_WAKE_WHO_WAITS,
                DATAGRAM_SENT_AFTER_CLOSE,
            ) +
            catches("a reason that is too long for a packet is cut between two characters", REASON_CUT_IN_CODE_POINT) +
            catches("what was written before a close arrives before it", CLOSE_DROPS_WHAT_WAS_WRITTEN) +
            catches("a connection on which nothing is heard times out at both ends", NO_IDLE_TIMEOUT) +
            catches("a connection that the engine keeps alive outlives the idle timeout", NO_KEEP_ALIVE) +
            catches(
                "a listener that is closed accepts no more, and its connections live on",
                CLOSED_LISTENER_TAKES_CONNECTIONS_ALONG,
                CLOSED_LISTENER_LEAVES_ACCEPT_WAITING,
            ) +
            catches("connections beyond the backlog are closed with H3_EXCESSIVE_LOAD", UNBOUNDED_BACKLOG) +
            catches("accepting a connection that is cancelled loses none", CANCELLED_ACCEPT_LOSES_CONNECTION) +
            catches("an engine that is closed ends its connections, and opens no more", CLOSED_ENGINE_LEAVES_CONNECTIONS)
    } + with(Contract.SESSION) {
        catches("a silent session is lost after the idle timeout where nobody keeps the connection alive", NO_IDLE_TIMEOUT) +
            catches("a silent session outlives the idle timeout where one end keeps the connection alive", NO_KEEP_ALIVE) +
            catches(
                "code and reason of the server's close arrive at the client, 1,024 bytes of it",
                LOST_BYTE,
                SWAPPED_BYTES,
            )
    } + with(Contract.SESSION_STREAM) {
        catches("a bidirectional stream carries bytes both ways, and each half ends by itself", LOST_FIN) +
            catches("leaving a stream without finish resets it, so that cut data never looks whole", RESET_SHOWN_AS_END) +
            catches("a reset with code 4294967295 reaches the reader with that code, and the session lives", NARROW_RESET_CODE) +
            catches("a reset with code 30 reaches the reader with that code, and the session lives", RESET_CODE_OFF_BY_ONE) +
            catches(
                "STOP_SENDING fails the writer with its code where the engine can tell it, else with none",
                STOP_CODE_OFF_BY_ONE,
            ) +
            catches("the peer's wish to stop can be waited for without writing", STOP_CODE_OFF_BY_ONE, LOST_STOP) +
            catches(
                "STOP_SENDING wakes a writer that is suspended for lack of credit",
                STOP_DOES_NOT_WAKE_WRITER,
                LOST_STOP,
            ) +
            catches(
                "a reader who stops makes the writer suspend, and everything arrives after it wakes",
                LOST_BYTE,
                DUPLICATED_BYTE,
                SWAPPED_BYTES,
                MISSING_CREDIT_OF_STREAM,
                MISSING_CREDIT_OF_CONNECTION,
                UNBOUNDED_SEND_BUFFER,
            ) +
            catches("a cancelled read loses no byte, and a cancelled accept no stream", CANCELLED_READ_LOSES_BYTES) +
            catches("thousands of streams one after another leave nothing behind", LEAKED_STREAM)
    }
