package dev.webtransport.samples.bench;

import dev.webtransport.config.Engine;
import dev.webtransport.samples.bench.BenchServer.Address;
import dev.webtransport.samples.bench.BenchSettings.Coroutines;
import dev.webtransport.samples.bench.raw.RawKwikClient;
import dev.webtransport.samples.bench.raw.RawKwikServer;
import dev.webtransport.samples.bench.raw.RawNettyClient;
import dev.webtransport.samples.bench.raw.RawNettyServer;

/**
 * What is measured: the SDK or a QUIC engine without it.
 *
 * @param layers what stands above the engine
 * @param engine which one
 * @param coroutines where those of the SDK's application go on
 */
record Implementation(Layers layers, Engine engine, Coroutines coroutines) {
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
        return SdkServer.listen(engine, coroutines);
    }

    BenchClient client(Address server) throws Exception {
        return switch (layers) {
            case RAW -> engine == Engine.KWIK ? new RawKwikClient(server) : new RawNettyClient(server);
            case SDK -> SdkClient.toOwnServer(server, engine, coroutines);
            case SDK_TO_FOREIGN_SERVER -> SdkClient.toForeignServer(server, engine, coroutines);
        };
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return layers + ":" + engine.name() + ":" + coroutines;
    }

    static Implementation parse(String text) {
        String[] parts = text.split(":");
        return new Implementation(Layers.valueOf(parts[0]), Engine.valueOf(parts[1]), Coroutines.valueOf(parts[2]));
    }
}
