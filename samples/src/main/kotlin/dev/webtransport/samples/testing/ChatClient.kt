package dev.webtransport.samples.testing

import dev.webtransport.session.ReceiveStream
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.use

/** The other end of [ChatServer]. */
public class ChatClient private constructor(
    /** The session. */
    public val session: WebTransportSession,
    /** What is said in the room, line by line. */
    public val feed: ReceiveStream,
) {
    /** Says a line. */
    public suspend fun say(line: String) {
        session.createUnidirectionalStream().use {
            it.write(line.toByteArray())
            it.finish()
        }
    }

    /** Lets the others know that a line is coming; nobody needs to hear it. */
    public fun type() {
        session.datagrams.send(ByteArray(0))
    }

    /** Leaves the room. */
    public suspend fun leave(): Unit = session.close()

    /** How clients come to be. */
    public companion object {
        /** Enters the room to which the session was opened. */
        public suspend fun enter(session: WebTransportSession): ChatClient {
            return ChatClient(session, checkNotNull(session.acceptUnidirectionalStream()) { "the server closed the session" })
        }
    }
}
