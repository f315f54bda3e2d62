package dev.webtransport.engine.http3;

/** Whether the peer takes QUIC DATAGRAM frames (RFC 9221, section 3). */
public enum PeerDatagrams {
    /** Its max_datagram_frame_size is above 0. */
    SUPPORTED,
    /** It sent no max_datagram_frame_size, or 0. */
    UNSUPPORTED
}
