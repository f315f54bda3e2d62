package dev.webtransport.samples.bench;

import dev.webtransport.config.Engine;
import dev.webtransport.samples.bench.BenchServer.Address;
import dev.webtransport.samples.bench.raw.RawKwikClient;
import dev.webtransport.samples.bench.raw.RawKwikServer;
import dev.webtransport.samples.bench.raw.RawNettyClient;
import dev.webtransport.samples.bench.raw.RawNettyServer;

/**
 * What is measured: the SDK or a QUIC engine without it.
 *
 * @param layers what stands above the engine
 * @param engine which one
 */
record Implementation(Layers layers, Engine engine) {
    /** What stands above an engine. */
    enum Layers {
        /** This SDK. */
        SDK,
        /** This SDK, against somebody else's server that speaks the peer protocol. */
        SDK_TO_FOREIGN_SERVER,
        /** Nothing. */
        RAW
    }

    BenchServer listen() throws Exception {
        if (layers == Layers.RAW) {
            return engine == Engine.KWIK ? new RawKwikServer() : new RawNettyServer();
        }
        return SdkServer.listen(engine);
    }

    BenchClient client(Address server) throws Exception {
        return switch (layers) {
            case RAW -> engine == Engine.KWIK ? new RawKwikClient(server) : new RawNettyClient(server);
            case SDK -> SdkClient.toOwnServer(server, engine);
            case SDK_TO_FOREIGN_SERVER -> SdkClient.toForeignServer(server, engine);
        };
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return layers + ":" + engine.name();
    }

    static Implementation parse(String text) {
        int colon = text.indexOf(':');
        return new Implementation(Layers.valueOf(text.substring(0, colon)), Engine.valueOf(text.substring(colon + 1)));
    }
}
