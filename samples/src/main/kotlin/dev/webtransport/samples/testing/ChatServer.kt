package dev.webtransport.samples.testing

import dev.webtransport.error.StreamResetException
import dev.webtransport.server.SessionRequest
import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.readAll
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.cancelChildren
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import java.util.concurrent.CopyOnWriteArrayList

/**
 * A chat with one room. Who opens a session to `/name` is in it by that name. Each line is a stream of its own; what is said in
 * the room comes back on one long stream. That somebody is typing is worth a datagram.
 */
public class ChatServer {
    private val members = CopyOnWriteArrayList<Member>()

    /** How many are in the room. */
    public val size: Int get() = members.size

    /** Serves one member for as long as the session lives: `server.serve(chat::handle)`. */
    public suspend fun handle(request: SessionRequest) {
        val name = request.path.removePrefix("/")
        if (name.isEmpty()) return request.reject(NOT_FOUND)
        val member = Member(name, request.accept())
        members += member
        try {
            tellAll("$name is here")
            coroutineScope {
                launch { member.writeFeed() }
                launch { member.leaveIfTooSlow() }
                launch {
                    member.session.datagrams.incoming
                        .collect { tellTyping(member) }
                }
                member.session.incomingUnidirectionalStreams.collect { receiveLine(member, it) }
                coroutineContext.cancelChildren()
            }
        } finally {
            members -= member
            tellAll("$name has gone")
        }
    }

    private suspend fun receiveLine(member: Member, stream: ReceiveStream) {
        try {
            tellAll("${member.name}: ${stream.readAll(MAX_LINE_BYTES).decodeToString()}")
        } catch (takenBack: StreamResetException) {
            return
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (tooLong: IllegalStateException) {
            stream.stopSending(TOO_LONG)
        }
    }

    private fun tellAll(line: String) = members.forEach { it.tell(line) }

    private fun tellTyping(typing: Member) {
        for (member in members) if (member !== typing) member.session.datagrams.send(typing.name.toByteArray())
    }

    /** Codes of this application. */
    public companion object {
        /** A session is closed with it whose member reads more slowly than the others talk. */
        public const val TOO_SLOW: Long = 1

        /** A line is stopped with it that is longer than lines may be. */
        public const val TOO_LONG: Long = 2

        private const val MAX_LINE_BYTES = 1_000
        private const val NOT_FOUND = 404
    }
}
