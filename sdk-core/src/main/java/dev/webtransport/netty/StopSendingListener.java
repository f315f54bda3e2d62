package dev.webtransport.netty;

/** Learns that the peer wants no more data on a stream. */
@FunctionalInterface
interface StopSendingListener {
    /**
     * The peer sent STOP_SENDING. Called on the connection's event loop, once per stream until it is
     * {@linkplain ObservedConnection#forget forgotten}, before the QUIC engine has seen the packet: a write that fails
     * because of it fails after this call.
     *
     * @param streamId as the peer named it; it may be a stream that is already over, or one that never was
     * @param errorCode the peer's application error code, 0 to 2^62-1
     */
    void onStopSending(long streamId, long errorCode);
}
