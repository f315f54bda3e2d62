package dev.webtransport.testkit.fault;

import dev.webtransport.testkit.quic.Direction;

/** What faults of one half of a stream share. */
abstract class OneStream extends Directed {
    private final long streamId;

    OneStream(Direction direction, long streamId) {
        super(direction);
        this.streamId = Arguments.atLeast("streamId", streamId, 0);
    }

    /**
     * The stream.
     *
     * @return the id
     */
    public long streamId() {
        return streamId;
    }
}
