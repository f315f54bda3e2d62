package dev.webtransport.testkit.fault;

import dev.webtransport.testkit.quic.Direction;

/** What faults of one datagram share. */
abstract class Datagrams extends Directed {
    private final int number;

    Datagrams(Direction direction, int number) {
        super(direction);
        this.number = (int) Arguments.atLeast("number", number, 1);
    }

    /**
     * Which datagram of its direction.
     *
     * @return 1 for the first
     */
    public int number() {
        return number;
    }
}
