package dev.webtransport.session

import dev.webtransport.value.Initiator
import dev.webtransport.value.Perspective
import dev.webtransport.value.StreamType

/** Whether both ends send on the stream of this half, or only the peer (RFC 9000, section 2.1). */
public val ReceiveStream.direction: StreamType get() = direction(id)

/** Whether both ends send on the stream of this half, or only this one (RFC 9000, section 2.1). */
public val SendStream.direction: StreamType get() = direction(id)

/** Which end opened the stream (RFC 9000, section 2.1). */
public val ReceiveStream.initiator: Initiator get() = initiator(id, session)

/** Which end opened the stream (RFC 9000, section 2.1). */
public val SendStream.initiator: Initiator get() = initiator(id, session)

/** Which end opened the stream (RFC 9000, section 2.1). */
public val BidirectionalStream.initiator: Initiator get() = initiator(id, session)

private fun direction(id: Long): StreamType = if (id and 0x2 == 0L) StreamType.BIDIRECTIONAL else StreamType.UNIDIRECTIONAL

private fun initiator(id: Long, session: WebTransportSession): Initiator {
    val opener = if (id and 0x1 == 0L) Perspective.CLIENT else Perspective.SERVER
    return if (opener == session.perspective) Initiator.LOCAL else Initiator.REMOTE
}
