package dev.webtransport.samples.testing

import dev.webtransport.samples.testing.ChatRoom.Companion.chatRoom
import dev.webtransport.testkit.fault.Fault
import dev.webtransport.testkit.kotest.shouldReceive
import dev.webtransport.testkit.kotest.shouldReceiveNothingFor
import dev.webtransport.testkit.quic.Direction
import io.kotest.core.spec.style.StringSpec
import kotlinx.coroutines.test.runTest
import kotlin.time.Duration.Companion.seconds

/** Datagrams may be lost: nothing may depend on one. */
class LostDatagramSpec :
    StringSpec({
        "who misses that somebody types gets the line nevertheless" {
            runTest {
                val room = chatRoom { fault(Fault.dropDatagram(Direction.SERVER_TO_CLIENT, 1)) }
                val ann = room.enter("ann")
                val bob = room.enter("bob")

                ann.type()
                bob.session.datagrams.shouldReceiveNothingFor(1.seconds)
                ann.type()
                bob.session.datagrams.shouldReceive("ann")

                ann.say("hello")
                bob.feed.shouldReceive("bob is here\nann: hello\n")
            }
        }
    })
