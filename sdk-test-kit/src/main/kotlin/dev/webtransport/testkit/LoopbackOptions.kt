package dev.webtransport.testkit

import dev.webtransport.config.ClientConfig
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerConfig
import dev.webtransport.config.SessionOptions
import dev.webtransport.testkit.fault.Fault
import dev.webtransport.testkit.network.NetworkConditions
import dev.webtransport.testkit.network.SimulatedNetwork
import dev.webtransport.testkit.quic.Direction
import dev.webtransport.testkit.trace.TraceOptions

/** What a test may choose of its client, its server, and the network between them. Not for several threads at once. */
public class LoopbackOptions internal constructor() {
    /**
     * Where all chance comes from. Default: the system property `webtransport.seed` if it is set, else another one each time; a
     * test that fails prints it.
     */
    public var seed: Long = Replay.nextSeed()

    /** The path that [loopbackPair] asks for, with its query. Default `/`. */
    public var path: String = "/"

    /** What [loopbackPair] asks for besides: headers, subprotocols, origin. Default: nothing. */
    public var session: SessionOptions = SessionOptions.defaults()

    /** What the traces of connections write down. */
    public var trace: TraceOptions = TraceOptions.DEFAULT

    /** What must be over when the test ends. Default: everything. */
    public var leakCheck: LeakCheck = LeakCheck.STREAMS

    private val conditions = Direction.entries.associateWith { NetworkConditions.perfect() }.toMutableMap()
    private val faults = mutableListOf<Fault>()
    private val clientSettings = mutableListOf<ClientConfig.Builder.() -> Unit>()
    private val serverSettings = mutableListOf<ServerConfig.Builder.() -> Unit>()

    /** How the network carries what it is given, both ways. Default: all of it at once. */
    public fun network(configure: NetworkConditions.Builder.() -> Unit) {
        for (direction in Direction.entries) network(direction, configure)
    }

    /** The same for one direction. */
    public fun network(direction: Direction, configure: NetworkConditions.Builder.() -> Unit) {
        conditions[direction] = NetworkConditions.builder().apply(configure).build()
    }

    /** Lets something go wrong from the start; may be called several times. */
    public fun fault(fault: Fault) {
        faults += fault
    }

    /** Settings of the client; may be called several times. */
    public fun client(configure: ClientConfig.Builder.() -> Unit) {
        clientSettings += configure
    }

    /** Settings of the server; may be called several times. Certificate and address are there already. */
    public fun server(configure: ServerConfig.Builder.() -> Unit) {
        serverSettings += configure
    }

    /** Settings of QUIC at both ends: credit, limits, buffers, timeouts. */
    public fun quic(configure: QuicConfig.Builder.() -> Unit) {
        val config = QuicConfig.builder().apply(configure).build()
        client { quic(config) }
        server { quic(config) }
    }

    /**
     * Windows so small that everything that can wait for credit does: 16 bytes for a stream, 64 for the connection, and a send
     * buffer of 1 KiB.
     */
    public fun tinyWindows() {
        quic {
            maxStreamData(TINY_STREAM)
            maxData(TINY_CONNECTION)
            sendBufferSize(TINY_BUFFER)
        }
    }

    internal fun simulatedNetwork(): SimulatedNetwork {
        val network = SimulatedNetwork(seed)
        for ((direction, wanted) in conditions) network.setConditions(direction, wanted)
        for (fault in faults) network.inject(fault)
        return network
    }

    internal fun applyTo(builder: ClientConfig.Builder) {
        for (configure in clientSettings) builder.configure()
    }

    internal fun applyTo(builder: ServerConfig.Builder) {
        for (configure in serverSettings) builder.configure()
    }

    private companion object {
        private const val TINY_STREAM = 16L
        private const val TINY_CONNECTION = 64L
        private const val TINY_BUFFER = 1_024
    }
}
