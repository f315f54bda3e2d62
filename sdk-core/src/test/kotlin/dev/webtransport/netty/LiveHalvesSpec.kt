package dev.webtransport.netty

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.shouldBe

/** Whom the engine asks, and in which order. */
internal class LiveHalvesSpec :
    FunSpec({
        class Named(val name: String) : LiveHalves.Half()

        test("each is asked in its turn, and then goes to the end of the line") {
            val asked = ArrayList<String>()
            val halves = LiveHalves<Named> { asked += it.name }
            listOf("a", "b", "c").forEach { halves.add(Named(it)) }
            halves.ask(2)
            asked.shouldContainExactly("a", "b")
            halves.ask(2)
            asked.shouldContainExactly("a", "b", "c", "a")
        }

        test("who leaves while it is asked, or while another one is, is asked no more; who comes meanwhile is asked behind the others") {
            val asked = ArrayList<String>()
            val a = Named("a")
            val b = Named("b")
            val c = Named("c")
            val late = Named("late")
            lateinit var halves: LiveHalves<Named>
            halves = LiveHalves {
                asked += it.name
                if (it === a) {
                    halves.remove(a)
                    halves.remove(b)
                    halves.add(late)
                }
            }
            listOf(a, b, c).forEach(halves::add)
            halves.ask(3)
            asked.shouldContainExactly("a", "c", "late")
            halves.size shouldBe 2
        }

        test("who comes twice is there once, and who goes twice has gone once") {
            val asked = ArrayList<String>()
            val halves = LiveHalves<Named> { asked += it.name }
            val a = Named("a")
            val b = Named("b")
            listOf(a, b, a).forEach(halves::add)
            halves.size shouldBe 2
            halves.remove(a)
            halves.remove(a)
            halves.size shouldBe 1
            halves.ask(1)
            asked.shouldContainExactly("b")
        }

        test("after the end of the connection nobody is left") {
            val asked = ArrayList<String>()
            val halves = LiveHalves<Named> { asked += it.name }
            val a = Named("a")
            halves.add(a)
            halves.add(Named("b"))
            halves.close()
            halves.size shouldBe 0
            halves.remove(a)
            halves.ask(5)
            halves.size shouldBe 0
            asked.shouldBeEmpty()
        }
    })
