package dev.webtransport.samples.testing

import dev.webtransport.error.SessionRejectedException
import dev.webtransport.samples.testing.ChatRoom.Companion.chatRoom
import dev.webtransport.testkit.kotest.eventually
import dev.webtransport.testkit.kotest.shouldBeStopped
import dev.webtransport.testkit.kotest.shouldReceive
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import kotlinx.coroutines.test.runTest

/** What is said in the room is heard there. */
class ChatServerSpec :
    StringSpec({
        "a line is heard by everybody" {
            runTest {
                val room = chatRoom()
                val ann = room.enter("ann")
                val bob = room.enter("bob")
                ann.say("hello")
                ann.feed.shouldReceive("ann is here\nbob is here\nann: hello\n")
                bob.feed.shouldReceive("bob is here\nann: hello\n")
            }
        }

        "who leaves is missed" {
            runTest {
                val room = chatRoom()
                val ann = room.enter("ann")
                room.enter("bob").leave()
                ann.feed.shouldReceive("ann is here\nbob is here\nbob has gone\n")
                eventually { room.chat.size shouldBe 1 }
            }
        }

        "a line without an end is stopped, and the next one is heard" {
            runTest {
                val ann = chatRoom().enter("ann")
                val line = ann.session.createUnidirectionalStream()
                line.write(ByteArray(5_000))
                line.shouldBeStopped(ChatServer.TOO_LONG)
                ann.say("sorry")
                ann.feed.shouldReceive("ann is here\nann: sorry\n")
            }
        }

        "nobody is in the room without a name" {
            runTest {
                val room = chatRoom()
                shouldThrow<SessionRejectedException> { room.enter("") }.status() shouldBe 404
            }
        }
    })
