package dev.webtransport.netty;

/** The payload of a packet, read forward byte by byte. */
interface FrameBytes {
    int length();

    /** The byte at an index, 0 to 255. */
    int at(int index);

    /** A payload that is all there. */
    static FrameBytes of(byte[] payload) {
        return new FrameBytes() {
            @Override
            public int length() {
                return payload.length;
            }

            @Override
            public int at(int index) {
                return payload[index] & 0xff;
            }
        };
    }
}
