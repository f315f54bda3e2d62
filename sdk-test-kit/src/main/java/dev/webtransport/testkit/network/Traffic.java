package dev.webtransport.testkit.network;

import dev.webtransport.testkit.quic.QuicFrame;

/**
 * What one end of a connection has sent, received and lost. There are no packets in the simulated network: they are counted as if
 * each frame travelled in one of its own, or in several if it is larger. Only datagrams are lost.
 */
public final class Traffic {
    /** What a packet carries: the largest frame of a network that takes its time. */
    private static final int PACKET = 1_250;

    private long packetsSent;
    private long packetsReceived;
    private long bytesSent;
    private long bytesReceived;
    private long bytesLost;
    private long datagramsSent;
    private long datagramsReceived;
    private long datagramsLost;

    Traffic() {}

    void handleSent(QuicFrame frame) {
        packetsSent += packets(frame);
        bytesSent += frame.size();
        if (frame instanceof QuicFrame.Datagram) {
            datagramsSent++;
        }
    }

    void handleReceived(QuicFrame frame) {
        packetsReceived += packets(frame);
        bytesReceived += frame.size();
        if (frame instanceof QuicFrame.Datagram) {
            datagramsReceived++;
        }
    }

    void handleLost(QuicFrame frame) {
        bytesLost += frame.size();
        datagramsLost++;
    }

    private static int packets(QuicFrame frame) {
        return (frame.size() + PACKET - 1) / PACKET;
    }

    /**
     * Packets that would have been sent, lost ones too.
     *
     * @return the number
     */
    public long packetsSent() {
        return packetsSent;
    }

    /**
     * Packets that would have arrived.
     *
     * @return the number
     */
    public long packetsReceived() {
        return packetsReceived;
    }

    /**
     * Bytes of the frames sent.
     *
     * @return the number
     */
    public long bytesSent() {
        return bytesSent;
    }

    /**
     * Bytes of the frames that arrived.
     *
     * @return the number
     */
    public long bytesReceived() {
        return bytesReceived;
    }

    /**
     * Bytes of the frames that were lost on the way.
     *
     * @return the number
     */
    public long bytesLost() {
        return bytesLost;
    }

    /**
     * Datagrams sent, lost ones too.
     *
     * @return the number
     */
    public long datagramsSent() {
        return datagramsSent;
    }

    /**
     * Datagrams that arrived.
     *
     * @return the number
     */
    public long datagramsReceived() {
        return datagramsReceived;
    }

    /**
     * Datagrams that were sent and lost on the way.
     *
     * @return the number
     */
    public long datagramsLost() {
        return datagramsLost;
    }
}
