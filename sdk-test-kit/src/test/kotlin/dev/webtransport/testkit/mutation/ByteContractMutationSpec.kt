package dev.webtransport.testkit.mutation

import dev.webtransport.testkit.LoopbackByteTransport
import dev.webtransport.testkit.contract.ByteTransportContract
import dev.webtransport.testkit.contract.MemoryWorld
import dev.webtransport.transport.ByteTransport
import io.kotest.core.spec.Spec
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactlyInAnyOrder
import io.kotest.matchers.ints.shouldBeGreaterThan

/** The contract of byte transports, held against transports that are wrong in one thing each. */
class ByteContractMutationSpec :
    FunSpec({
        test("every bug has a test that is to catch it") {
            catchers.keys shouldContainExactlyInAnyOrder PlantedByteBug.entries
        }

        test("a transport without a bug passes") {
            val results = ContractTrial.run({ contractOver(null) })
            results.size shouldBeGreaterThan 20
            results.filterValues { it.isErrorOrFailure }.keys.shouldBeEmpty()
        }

        for ((bug, name) in catchers) {
            test("\"$name\" catches $bug") {
                val results = ContractTrial.run({ contractOver(bug) }, only = setOf(name))
                results.filterValues { it.isErrorOrFailure }.keys shouldContainExactlyInAnyOrder listOf(name)
            }
        }
    })

private fun contractOver(bug: PlantedByteBug?): Spec {
    val name = if (bug == null) "the loopback" else "the loopback with $bug"
    val world = MemoryWorld<ByteTransport>(name) { timers -> FlawedByteTransport(LoopbackByteTransport(timers), bug, timers) }
    return object : ByteTransportContract(world) {}
}

private const val ECHO = "what is written comes back from an echo, and the end follows the data"
private const val ENDS_APART = "each direction ends by itself"
private const val WAITING_WRITER = "a writer waits while nobody reads, and everything arrives once somebody does"

/** Which test is to fail over which bug. */
private val catchers: Map<PlantedByteBug, String> = mapOf(
    PlantedByteBug.LOST_BYTE to ECHO,
    PlantedByteBug.DUPLICATED_BYTE to ECHO,
    PlantedByteBug.SWAPPED_BYTES to ECHO,
    PlantedByteBug.LOST_FIN to ENDS_APART,
    PlantedByteBug.SECOND_FINISH_FAILS to "who has finished writes no more, which is said by IllegalStateException",
    PlantedByteBug.CUT_SHOWN_AS_END to "who closes without finishing cuts the connection: the peer never takes that for the end",
    PlantedByteBug.CLOSE_FORGETS_WHAT_WAS_FINISHED to "what was finished before a close arrives, and so does its end",
    PlantedByteBug.CLOSE_DOES_NOT_WAKE_READER to "a close ends what waits here with Local, and what waits there with Reset",
    PlantedByteBug.CANCELLED_READ_LOSES_BYTES to "a read that is cancelled loses no byte",
    PlantedByteBug.CANCELLED_WRITE_GOES_ON to "a write that is cancelled has taken what the position of the buffer says",
    PlantedByteBug.CANCELLED_ACCEPT_LOSES_CONNECTION to "accepting that is cancelled loses no connection",
    PlantedByteBug.UNBOUNDED_SEND_BUFFER to WAITING_WRITER,
    PlantedByteBug.UNBOUNDED_BACKLOG to "connections beyond the backlog are closed",
    PlantedByteBug.PROTOCOL_NOT_TOLD to
        "both ends know the application protocol: the server's favourite of those that the client offers",
    PlantedByteBug.END_NEVER_TOLD to "when both ends have finished and read, both know that the connection ended well",
)
