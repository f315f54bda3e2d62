package dev.webtransport.session

/** What a shutdown had to cut off when its grace was over. */
public class ShutdownReport internal constructor(
    /** The sessions that had not ended by themselves, oldest first; empty after a clean shutdown. */
    public val cutOff: List<CutOffSession>,
) {
    /** Whether everything had ended by itself. */
    public val isClean: Boolean get() = cutOff.isEmpty()

    override fun toString(): String = if (isClean) "shut down, nothing cut off" else "shut down, cut off: ${cutOff.joinToString()}"
}

/** A session that a shutdown ended. */
public class CutOffSession internal constructor(
    /** The id of its connection, [WebTransportConnection.id]. */
    public val connectionId: Long,
    /** Its id on that connection, [WebTransportSession.id]. */
    public val sessionId: Long,
    /** The host that its client asked for. */
    public val authority: String,
    /** The path that its client asked for, with its query. */
    public val path: String,
    /** How many streams had not ended at this end, those included that nobody accepted. */
    public val openStreams: Int,
) {
    override fun toString(): String = "session $sessionId of connection $connectionId ($authority$path, $openStreams streams open)"
}
