package dev.webtransport.testkit.contract

import dev.webtransport.testkit.LoopbackByteTransport
import dev.webtransport.transport.ByteTransport
import java.time.Duration

class LoopbackByteTransportSpec :
    ByteTransportContract(MemoryWorld<ByteTransport>("the loopback") { timers -> LoopbackByteTransport(timers) })

class SlowLoopbackByteTransportSpec :
    ByteTransportContract(
        MemoryWorld<ByteTransport>("the loopback with latency") { timers ->
            LoopbackByteTransport(timers, Duration.ofMillis(20), Duration.ofMillis(30))
        },
    )

class JdkByteTransportSpec : ByteTransportContract(SocketWorld<ByteTransport>("the JDK") { JdkByteTransport() })
