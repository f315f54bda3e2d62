package dev.webtransport.samples.testing

import dev.webtransport.samples.testing.ChatRoom.Companion.chatRoom
import dev.webtransport.testkit.kotest.eventually
import dev.webtransport.testkit.kotest.shouldReceive
import dev.webtransport.testkit.kotest.shouldTimeOut
import dev.webtransport.value.Perspective
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/** A session may end without anybody having closed it. */
class DyingConnectionSpec :
    StringSpec({
        "who drops the connection is missed like one who leaves" {
            runTest {
                val room = chatRoom()
                val ann = room.enter("ann")
                room
                    .enter("bob")
                    .session.connection
                    .close()
                ann.feed.shouldReceive("ann is here\nbob is here\nbob has gone\n")
            }
        }

        "members who die without a word are in the room until the server gives them up" {
            runTest {
                val room = chatRoom()
                repeat(2) { room.enter("member-$it") }
                room.network.kill(Perspective.CLIENT)
                delay(1.seconds)
                room.chat.size shouldBe 2
                eventually(timeout = 1.minutes) { room.chat.size shouldBe 0 }
            }
        }

        "a server that dies is noticed by its members" {
            runTest {
                val room = chatRoom()
                val ann = room.enter("ann")
                room.network.kill(Perspective.SERVER)
                ann.session.shouldTimeOut()
            }
        }

        "a line that is said while the network is gone for a moment comes later" {
            runTest {
                val room = chatRoom()
                val ann = room.enter("ann")
                room.network.cut()
                launch { ann.say("hello?") }
                delay(10.seconds)
                room.network.heal()
                ann.feed.shouldReceive("ann is here\nann: hello?\n")
            }
        }
    })
