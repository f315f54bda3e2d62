package dev.webtransport.netty

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly

/** Which connections of a socket hear of its packets. */
internal class PacketNewsSpec :
    FunSpec({
        class Told(vararg observed: String) {
            val told = mutableListOf<String>()
            val news = PacketNews<String> {
                told.add(it)
                check(it != "broken") { "it is" }
            }

            init {
                for (connection in observed) {
                    news.add(connection)
                    news.handleObserved(connection)
                }
                news.handleReadComplete()
                told.clear()
            }
        }

        test("a connection hears of its own packets, once, and the others of nothing") {
            with(Told("one", "two", "three")) {
                repeat(3) { news.handlePacket("two") }
                news.handleReadComplete()
                told.shouldContainExactly("two")
                news.handleReadComplete()
                told.shouldContainExactly("two")
            }
        }

        test("of packets of two connections that came in turns, each hears once") {
            with(Told("one", "two", "three")) {
                repeat(3) {
                    news.handlePacket("two")
                    news.handlePacket("one")
                }
                news.handleReadComplete()
                told.shouldContainExactly("two", "one")
            }
        }

        test("who cannot be told from others hears of all packets") {
            with(Told("one", "two")) {
                news.add("new")
                news.handlePacket("one")
                news.handleReadComplete()
                told.shouldContainExactly("new", "one")
            }
        }

        test("everybody hears of packets that may be anybody's, once") {
            with(Told("one", "two")) {
                news.handleUnknownPacket()
                news.handlePacket("two")
                news.handleReadComplete()
                told.shouldContainExactly("one", "two")
                told.clear()
                news.handleReadComplete()
                told.shouldBeEmpty()
            }
        }

        test("a connection hears of the packets with which it is observed for the first time") {
            with(Told("one")) {
                news.add("new")
                news.handleObserved("new")
                news.handleReadComplete()
                told.shouldContainExactly("new")
            }
        }

        test("one that has gone hears nothing more") {
            with(Told("one", "two")) {
                news.handlePacket("one")
                news.remove("one")
                news.handleUnknownPacket()
                news.handleReadComplete()
                told.shouldContainExactly("two")
            }
        }

        test("one that another one ended hears nothing more") {
            lateinit var news: PacketNews<String>
            val told = mutableListOf<String>()
            news = PacketNews {
                told.add(it)
                if (it == "one") news.remove("two")
            }
            news.add("one")
            news.add("two")
            news.handleUnknownPacket()
            news.handleReadComplete()
            told.shouldContainExactly("one")
        }

        test("one that fails keeps the news from nobody, now or later") {
            with(Told("broken", "two")) {
                news.handlePacket("broken")
                news.handlePacket("two")
                news.handleReadComplete()
                told.shouldContainExactly("broken", "two")
                told.clear()
                news.handlePacket("two")
                news.handleReadComplete()
                told.shouldContainExactly("two")
            }
        }
    })
