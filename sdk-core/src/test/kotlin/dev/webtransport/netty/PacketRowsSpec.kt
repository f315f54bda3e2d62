package dev.webtransport.netty

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe
import io.netty.buffer.Unpooled
import io.netty.channel.socket.DatagramPacket
import java.net.InetSocketAddress

/** Which packets quiche takes by itself, and which the codec has to see. */
internal class PacketRowsSpec :
    FunSpec({
        test("the last packet of a row passes when the reading is over, those before it are taken as the next one comes") {
            with(Handled()) {
                add("one", 1)
                handled.shouldBeEmpty()
                add("one", 2)
                add("one", 3)
                handled.shouldContainExactly("take 1", "take 2")
                rows.end()
                handled.shouldContainExactly("take 1", "take 2", "pass 3")
            }
        }

        test("each connection has a row of its own, in its own order") {
            with(Handled()) {
                add("one", 1)
                add("two", 2)
                add("one", 3)
                add("two", 4)
                rows.end()
                handled.shouldContainExactly("take 1", "take 2", "pass 3", "pass 4")
            }
        }

        test("a row begins anew with each reading") {
            with(Handled()) {
                add("one", 1)
                rows.end()
                add("one", 2)
                rows.end()
                rows.end()
                handled.shouldContainExactly("pass 1", "pass 2")
            }
        }

        test("what quiche cannot take by itself passes, in its order") {
            with(Handled(isTaken = { it != 2 })) {
                for (number in 1..4) add("one", number)
                rows.end()
                handled.shouldContainExactly("take 1", "pass 2", "take 3", "pass 4")
            }
        }

        test("of a long row the codec sees every thirty-second packet, too") {
            with(Handled()) {
                for (number in 1..70) add("one", number)
                rows.end()
                handled.filter { it.startsWith("pass") }.shouldContainExactly("pass 32", "pass 64", "pass 70")
                handled.size shouldBe 70
            }
        }

        test("packets that were taken are released, those that passed belong to the codec") {
            with(Handled()) {
                val packets = List(2) { add("one", it) }
                rows.end()
                packets.map { it.refCnt() }.shouldContainExactly(0, 1)
            }
        }

        test("packets that can pass no more are released") {
            with(Handled()) {
                val packets = List(2) { add("one", it) } + add("two", 3)
                rows.clear()
                rows.end()
                packets.map { it.refCnt() }.shouldContainExactly(0, 0, 0)
                handled.shouldContainExactly("take 0")
            }
        }

        test("a packet that comes while the last ones pass has its turn after them") {
            lateinit var rows: PacketRows<String>
            val passed = mutableListOf<Int>()
            rows = PacketRows({ _, _ -> true }) { _, packet ->
                passed.add(number(packet))
                if (passed.size == 1) rows.add("two", packet(2))
            }
            rows.add("one", packet(1))
            rows.end()
            passed.shouldContainExactly(1, 2)
        }
    })

private class Handled(private val isTaken: (number: Int) -> Boolean = { true }) {
    val handled = mutableListOf<String>()
    val rows = PacketRows<String>(
        { _, packet -> isTaken(number(packet)).also { if (it) handled.add("take ${number(packet)}") } },
        { _, packet -> handled.add("pass ${number(packet)}") },
    )

    fun add(connection: String, number: Int): DatagramPacket = packet(number).also { rows.add(connection, it) }
}

private val ANYWHERE = InetSocketAddress(0)

private fun packet(number: Int) = DatagramPacket(Unpooled.buffer().writeByte(number), ANYWHERE, ANYWHERE)

private fun number(packet: DatagramPacket) = packet.content().getByte(0).toInt()
