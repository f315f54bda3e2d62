package dev.webtransport.testkit.trace;

/**
 * What a line of a trace tells of, by the word that it is written with: the names of the frames and capsules as their
 * documents spell them.
 */
public enum LineKind {
    /** The peer's settings (RFC 9114, section 7.2.4). */
    SETTINGS,
    /** A field section: the request, its answer (RFC 9114, section 7.2.2). */
    HEADERS,
    /** Content of a message that is not capsules (RFC 9114, section 7.2.1). */
    DATA,
    /** The sender wants no more requests (RFC 9114, section 7.2.6). */
    GOAWAY,
    /** RFC 9114, section 7.2.3. */
    CANCEL_PUSH,
    /** RFC 9114, section 7.2.5. */
    PUSH_PROMISE,
    /** RFC 9114, section 7.2.7. */
    MAX_PUSH_ID,
    /** A frame of a type that is kept free of meaning (RFC 9114, section 7.2.8). */
    RESERVED_FRAME,
    /** A frame of a type that nobody knows (RFC 9114, section 9). */
    UNKNOWN_FRAME,

    /** A unidirectional stream begins: the control stream (RFC 9114, section 6.2.1). */
    CONTROL,
    /** A unidirectional stream begins: a push (RFC 9114, section 6.2.2). */
    PUSH,
    /** A unidirectional stream begins: the QPACK encoder stream (RFC 9204, section 4.2). */
    QPACK_ENCODER,
    /** A unidirectional stream begins: the QPACK decoder stream (RFC 9204, section 4.2). */
    QPACK_DECODER,
    /** A unidirectional stream begins, of a type that is kept free of meaning (RFC 9114, section 6.2.3). */
    RESERVED_STREAM,
    /** A unidirectional stream begins, of a type that nobody knows (RFC 9114, section 6.2). */
    UNKNOWN_STREAM,
    /** A stream of a session begins, of either type (draft-ietf-webtrans-http3-16, sections 4.2 and 4.3). */
    WT_STREAM,

    /** The session ends (draft-ietf-webtrans-http3-16, section 6). */
    WT_CLOSE_SESSION,
    /** The session is asked to end (draft-ietf-webtrans-http3-16, section 4.7). */
    WT_DRAIN_SESSION,
    /** Credit of the session for bytes (draft-ietf-webtrans-http3-16, section 5.6.4). */
    WT_MAX_DATA,
    /** Credit of a stream for bytes, which has no place in HTTP/3 (draft-ietf-webtrans-http3-16, section 5.4). */
    WT_MAX_STREAM_DATA,
    /** Credit of the session for streams (draft-ietf-webtrans-http3-16, section 5.6.2). */
    WT_MAX_STREAMS,
    /** The session lacks credit for bytes (draft-ietf-webtrans-http3-16, section 5.6.5). */
    WT_DATA_BLOCKED,
    /** A stream lacks credit for bytes, which has no place in HTTP/3 (draft-ietf-webtrans-http3-16, section 5.4). */
    WT_STREAM_DATA_BLOCKED,
    /** The session lacks credit for streams (draft-ietf-webtrans-http3-16, section 5.6.3). */
    WT_STREAMS_BLOCKED,
    /** A capsule of a type that is kept free of meaning (RFC 9297, section 5.4). */
    RESERVED_CAPSULE,
    /** A capsule of a type that nobody knows (RFC 9297, section 3.2). */
    UNKNOWN_CAPSULE,

    /** A datagram, in a frame (draft-ietf-webtrans-http3-16, section 4.5) or a capsule (RFC 9297, section 3.5). */
    DATAGRAM,
    /** Bytes of a stream that mean nothing to the protocol: the application's, or those behind what is malformed. */
    STREAM,
    /** One direction of a stream ended cleanly, and nothing else stands on the line. */
    FIN,
    /** The sender abandons a stream (RFC 9000, section 19.4). */
    RESET_STREAM,
    /** The receiver wants no more of a stream (RFC 9000, section 19.5). */
    STOP_SENDING,
    /** The connection ends (RFC 9000, section 19.19). */
    CONNECTION_CLOSE,

    /** Credit of the connection for bytes (RFC 9000, section 19.9); with {@link TraceOptions.Detail#DETAILED} only. */
    MAX_DATA,
    /** Credit of a stream (RFC 9000, section 19.10); with {@link TraceOptions.Detail#DETAILED} only. */
    MAX_STREAM_DATA,
    /** Credit for streams (RFC 9000, section 19.11); with {@link TraceOptions.Detail#DETAILED} only. */
    MAX_STREAMS,
    /** A sign of life (RFC 9000, section 19.2); with {@link TraceOptions.Detail#DETAILED} only. */
    PING,
    /** Something has arrived (RFC 9000, section 19.3); with {@link TraceOptions.Detail#DETAILED} only. */
    ACK,

    /** Bytes that break a rule of their format; what follows them in their direction is {@link #STREAM}. */
    MALFORMED,
    /** What has no kind of its own, as it describes itself. */
    OTHER
}
