package dev.webtransport.kwik;

import java.nio.ByteBuffer;
import tech.kwik.core.frame.DatagramFrame;

/**
 * A datagram that leaves once. When Kwik probes for an acknowledgement it sends the frames of a packet again, its datagrams among them
 * (RecoveryManager.getFramesToRetransmit), and the peer would get those twice; RFC 9221, section 5, has them sent once. In the
 * repetition a PING and padding take the same room. On the sending thread only.
 */
final class UnrepeatedDatagramFrame extends DatagramFrame {
    /** RFC 9000, sections 19.1 and 19.2. */
    private static final byte PADDING = 0;

    private static final byte PING = 1;

    private boolean hasLeft;

    /** A frame around {@code data}, which is not copied. */
    UnrepeatedDatagramFrame(byte[] data) {
        super(data);
    }

    @Override
    public void serialize(ByteBuffer buffer) {
        if (!hasLeft) {
            hasLeft = true;
            super.serialize(buffer);
            return;
        }
        buffer.put(PING);
        for (int left = getFrameLength() - 1; left > 0; left--) {
            buffer.put(PADDING);
        }
    }
}
