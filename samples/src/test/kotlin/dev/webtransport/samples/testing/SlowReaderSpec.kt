package dev.webtransport.samples.testing

import dev.webtransport.samples.testing.ChatRoom.Companion.chatRoom
import dev.webtransport.testkit.kotest.shouldBeClosedWith
import dev.webtransport.testkit.kotest.shouldReceive
import io.kotest.core.spec.style.StringSpec
import kotlinx.coroutines.test.runTest

/** Who does not read must not make the others wait, nor the server remember everything. */
class SlowReaderSpec :
    StringSpec({
        "a member who never reads is sent away, and the others miss nothing" {
            runTest {
                // So little room between the two ends that a few lines fill it.
                val room = chatRoom {
                    quic {
                        maxStreamData(1_024)
                        sendBufferSize(1_024)
                    }
                }
                val ann = room.enter("ann")
                val bob = room.enter("bob")
                ann.feed.shouldReceive("ann is here\nbob is here\n")

                while (room.chat.size == 2) {
                    ann.say("Are you there, Bob?")
                    ann.feed.shouldReceive("ann: Are you there, Bob?\n")
                    testScheduler.runCurrent()
                }

                bob.session.shouldBeClosedWith(ChatServer.TOO_SLOW, "you read too slowly")
                ann.feed.shouldReceive("bob has gone\n")
            }
        }
    })
