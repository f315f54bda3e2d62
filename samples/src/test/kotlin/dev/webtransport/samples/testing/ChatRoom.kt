package dev.webtransport.samples.testing

import dev.webtransport.testkit.LeakCheck
import dev.webtransport.testkit.Loopback
import dev.webtransport.testkit.LoopbackOptions
import dev.webtransport.testkit.loopback
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope

/** A chat server in memory, and whoever enters its room. */
internal class ChatRoom private constructor(
    val chat: ChatServer,
    private val loopback: Loopback,
) {
    val network get() = loopback.network

    suspend fun enter(name: String): ChatClient = ChatClient.enter(loopback.client.connect(loopback.url("/$name")))

    companion object {
        suspend fun TestScope.chatRoom(configure: LoopbackOptions.() -> Unit = {}): ChatRoom {
            val loopback = loopback {
                // Members who are in the room when a test ends have a feed that goes on.
                leakCheck = LeakCheck.COROUTINES
                configure()
            }
            val chat = ChatServer()
            backgroundScope.launch { loopback.server.serve(chat::handle) }
            return ChatRoom(chat, loopback)
        }
    }
}
