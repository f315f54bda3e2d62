package dev.webtransport.testkit.quic;

import dev.webtransport.value.Perspective;

/** Which way something travels on a connection. */
public enum Direction {
    /** What the client sends. Written {@code >>} in traces. */
    CLIENT_TO_SERVER,
    /** What the server sends. Written {@code <<} in traces. */
    SERVER_TO_CLIENT;

    /**
     * The direction in which an end sends.
     *
     * @param sender the end
     * @return its direction
     */
    public static Direction from(Perspective sender) {
        return sender == Perspective.CLIENT ? CLIENT_TO_SERVER : SERVER_TO_CLIENT;
    }

    /**
     * Who sends this way.
     *
     * @return the end
     */
    public Perspective sender() {
        return this == CLIENT_TO_SERVER ? Perspective.CLIENT : Perspective.SERVER;
    }

    /**
     * The other way.
     *
     * @return the opposite direction
     */
    public Direction opposite() {
        return this == CLIENT_TO_SERVER ? SERVER_TO_CLIENT : CLIENT_TO_SERVER;
    }
}
