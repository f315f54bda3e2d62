package dev.webtransport.testkit.engine;

import dev.webtransport.engine.EngineEvent;
import dev.webtransport.testkit.network.SimulatedNetwork;
import java.util.List;

/**
 * Where the tests of the kit plant mistakes: between the engine, QUIC and the application. As it stands it makes none, and
 * only this package can make another.
 */
class Tampering {
    static final Tampering NONE = new Tampering();

    /** The network before anything has happened on it. */
    void prepare(SimulatedNetwork network) {}

    /** Bytes of a stream on their way to the application. */
    byte[] payload(EngineStream stream, byte[] bytes) {
        return bytes;
    }

    /** Whether the engine is told that a half has ended. */
    boolean tellsEnd(EngineStream stream) {
        return true;
    }

    /** A wire code on its way to the peer. */
    long wireCode(EngineStream stream, long wireCode) {
        return wireCode;
    }

    /** Whether FIN goes out for a stream that is to be finished. */
    boolean finishes(EngineStream stream) {
        return true;
    }

    /** Whether what is written is counted against the session's credit. */
    boolean countsCredit(EngineStream stream) {
        return true;
    }

    /** An event on its way to the application. */
    List<EngineEvent> events(EngineEvent event) {
        return List.of(event);
    }
}
