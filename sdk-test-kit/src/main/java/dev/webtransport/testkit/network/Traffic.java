package dev.webtransport.testkit.network;

import dev.webtransport.testkit.quic.QuicFrame;

/**
 * What one end of a connection has sent, received and lost, as if each frame travelled in a packet of its own. Only datagrams are
 * lost in the simulated network.
 */
public final class Traffic {
    private long framesSent;
    private long framesReceived;
    private long bytesSent;
    private long bytesReceived;
    private long bytesLost;
    private long datagramsSent;
    private long datagramsReceived;
    private long datagramsLost;

    Traffic() {}

    void handleSent(QuicFrame frame) {
        framesSent++;
        bytesSent += frame.size();
        if (frame instanceof QuicFrame.Datagram) {
            datagramsSent++;
        }
    }

    void handleReceived(QuicFrame frame) {
        framesReceived++;
        bytesReceived += frame.size();
        if (frame instanceof QuicFrame.Datagram) {
            datagramsReceived++;
        }
    }

    void handleLost(QuicFrame frame) {
        bytesLost += frame.size();
        datagramsLost++;
    }

    /**
     * Frames sent, lost ones too.
     *
     * @return the number
     */
    public long framesSent() {
        return framesSent;
    }

    /**
     * Frames that arrived.
     *
     * @return the number
     */
    public long framesReceived() {
        return framesReceived;
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
