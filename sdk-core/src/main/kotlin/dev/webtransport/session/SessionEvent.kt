package dev.webtransport.session

import dev.webtransport.error.SessionEstablishmentException
import dev.webtransport.error.SessionException
import dev.webtransport.value.CloseInfo
import dev.webtransport.value.Initiator
import dev.webtransport.value.StreamType

/** Something that happened in a session, for logs, metrics and user interfaces; see [WebTransportSession.events]. */
public sealed interface SessionEvent {
    /**
     * The session was asked for, and is used before the answer. The first event of a session that starts so
     * ([dev.webtransport.config.SessionStart.OPTIMISTIC]), and of no other; [Ready] follows, or [Failed], or [Closed] when this end gave it up.
     */
    public data object Pending : SessionEvent

    /** The session stands. The first event of every session that was not used before. */
    public data object Ready : SessionEvent

    /** The session should come to its end soon (WT_DRAIN_SESSION, or GOAWAY on the connection). */
    public class Draining(
        /** Who asked for it. */
        public val initiator: Initiator,
    ) : SessionEvent {
        override fun toString(): String = "Draining(by $initiator)"
    }

    /** A session that was used before the answer never came to stand. The last event of such a session. */
    public class Failed(
        /** What later calls throw: why there is no session. */
        public val exception: SessionEstablishmentException,
    ) : SessionEvent {
        override fun toString(): String = "Failed(${exception.message})"
    }

    /** The session has ended. The last event of every session that stood. */
    public class Closed(
        /** Code and reason of a close; null when the session was lost. */
        public val info: CloseInfo?,
        /** Which end ended it. */
        public val initiator: Initiator,
        /** What later calls throw. */
        public val exception: SessionException,
    ) : SessionEvent {
        override fun toString(): String = "Closed(${info ?: exception.message}, by $initiator)"
    }

    /** The peer allows this end more (WT_MAX_DATA, WT_MAX_STREAMS). */
    public class CreditRaised(
        /** What there is more of. */
        public val credit: SessionCredit,
        /** The new limit, counted from the beginning of the session: bytes, or streams. */
        public val limit: Long,
    ) : SessionEvent {
        override fun toString(): String = "CreditRaised($credit to $limit)"
    }

    /** An end would send more than the other allows (WT_DATA_BLOCKED, WT_STREAMS_BLOCKED). */
    public class Blocked(
        /** What there is no more of. */
        public val credit: SessionCredit,
        /** The limit that was reached, counted from the beginning of the session. */
        public val limit: Long,
        /** Whom it hinders. */
        public val initiator: Initiator,
    ) : SessionEvent {
        override fun toString(): String = "Blocked($initiator by $credit $limit)"
    }

    /** A stream belongs to the session from now on. */
    public class StreamOpened(
        /** Its id. */
        public val streamId: Long,
        /** Its kind. */
        public val type: StreamType,
        /** Who opened it. */
        public val initiator: Initiator,
    ) : SessionEvent {
        override fun toString(): String = "StreamOpened($streamId, $type, by $initiator)"
    }

    /** Both halves of a stream are over, in whatever way; for a unidirectional stream its one half. */
    public class StreamEnded(
        /** Its id. */
        public val streamId: Long,
    ) : SessionEvent {
        override fun toString(): String = "StreamEnded($streamId)"
    }

    /** A datagram was given up. */
    public class DatagramDropped(
        /** Whose datagram it was: LOCAL for one that was to be sent, REMOTE for one that was received. */
        public val initiator: Initiator,
        /** Why. */
        public val reason: DatagramDropReason,
    ) : SessionEvent {
        override fun toString(): String = "DatagramDropped(of $initiator: $reason)"
    }

    /** This collector was too slow: [count] events before the next one were given up. */
    public class Skipped(
        /** How many. */
        public val count: Long,
    ) : SessionEvent {
        override fun toString(): String = "Skipped($count)"
    }
}

/** What a session's flow control counts (draft-ietf-webtrans-http3-16, section 5). */
public enum class SessionCredit {
    /** Bytes of all streams of the session together. */
    DATA,

    /** Bidirectional streams. */
    BIDIRECTIONAL_STREAMS,

    /** Unidirectional streams. */
    UNIDIRECTIONAL_STREAMS,
}

/** Why a datagram was given up. */
public enum class DatagramDropReason {
    /** The queue was full. */
    QUEUE_FULL,

    /** It waited longer than its maximum age. */
    TOO_OLD,

    /** It is longer than what the path or the peer takes. */
    TOO_LARGE,
}
