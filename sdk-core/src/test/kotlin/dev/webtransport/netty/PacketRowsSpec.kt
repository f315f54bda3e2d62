package dev.webtransport.netty

import io.kotest.assertions.throwables.shouldThrow
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

        test("of a long row the codec sees every eighth packet, too") {
            with(Handled()) {
                for (number in 1..20) add("one", number)
                rows.end()
                handled.filter { it.startsWith("pass") }.shouldContainExactly("pass 8", "pass 16", "pass 20")
                handled.size shouldBe 20
            }
        }

        test("a packet before one with another connection id passes: the codec may not know the other id any more") {
            with(Handled()) {
                add("one", 1, id = 1)
                add("one", 2, id = 1)
                add("one", 3, id = 2)
                add("one", 4, id = 2)
                rows.end()
                handled.shouldContainExactly("take 1", "pass 2", "take 3", "pass 4")
            }
        }

        test("a packet with a long header passes, and the one before it") {
            with(Handled()) {
                add("one", 1)
                add("one", 2, first = 0xc0)
                add("one", 3)
                rows.end()
                handled.shouldContainExactly("pass 1", "pass 2", "pass 3")
            }
        }

        test("a packet with which quiche fails is released, and those behind it are handled") {
            val passed = mutableListOf<Int>()
            val rows = PacketRows<String>({ _, _ -> error("broken") }) { _, packet -> passed.add(number(packet)) }
            val broken = packet(1)
            rows.add("one", broken)
            shouldThrow<IllegalStateException> { rows.add("one", packet(2)) }
            rows.end()
            broken.refCnt() shouldBe 0
            passed.shouldContainExactly(2)
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

    fun add(connection: String, number: Int, id: Int = 0, first: Int = 0x40): DatagramPacket =
        packet(number, id, first).also { rows.add(connection, it) }
}

private val ANYWHERE = InetSocketAddress(0)

/** A header with an id of twenty bytes, and a number. */
private fun packet(number: Int, id: Int = 0, first: Int = 0x40): DatagramPacket {
    val bytes = Unpooled
        .buffer()
        .writeByte(first)
        .writeBytes(ByteArray(20) { id.toByte() })
        .writeByte(number)
    return DatagramPacket(bytes, ANYWHERE, ANYWHERE)
}

private fun number(packet: DatagramPacket) = packet.content().getByte(21).toInt()
