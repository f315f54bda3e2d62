package dev.webtransport.testkit.fault;

import dev.webtransport.testkit.quic.Direction;

/** What faults of one direction share. */
abstract class Directed {
    private final Direction direction;

    Directed(Direction direction) {
        this.direction = direction;
    }

    /**
     * Which way it concerns.
     *
     * @return the direction
     */
    public Direction direction() {
        return direction;
    }
}
