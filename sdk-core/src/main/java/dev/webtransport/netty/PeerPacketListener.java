package dev.webtransport.netty;

/** Learns of the packets of one connection's peer, and what is in them, before the QUIC engine does. */
@FunctionalInterface
interface PeerPacketListener {
    /**
     * The peer sent STOP_SENDING. Called on the connection's event loop, once per stream until it is
     * {@linkplain ObservedConnection#forget forgotten}, before the QUIC engine has seen the packet: a write that fails
     * because of it fails after this call.
     *
     * @param streamId as the peer named it; it may be a stream that is already over, or one that never was
     * @param errorCode the peer's application error code, 0 to 2^62-1
     */
    void onStopSending(long streamId, long errorCode);

    /**
     * A 1-RTT packet arrived that has a connection id of this connection, or was authenticated with its keys. With the id alone it
     * need not be genuine. Called on the connection's event loop, before the engine has seen it.
     */
    default void onPacket() {}
}
