package dev.webtransport.netty

import dev.webtransport.config.CongestionControl
import dev.webtransport.config.QuicConfig
import io.netty.handler.codec.quic.QLogConfiguration
import io.netty.handler.codec.quic.QuicCodecBuilder
import io.netty.handler.codec.quic.QuicCongestionControlAlgorithm
import java.nio.file.Files
import java.util.concurrent.TimeUnit

/** The largest UDP payload that is taken from the peer: more than any path of today's internet carries. */
internal fun maxReceivedPayload(config: QuicConfig): Int = maxOf(MAX_RECEIVED_PAYLOAD, config.maxUdpPayloadSize())

private const val MAX_RECEIVED_PAYLOAD = 2048

/** Hands the settings of a connection to quiche. */
internal fun <B : QuicCodecBuilder<B>> B.configure(config: QuicConfig): B =
    maxIdleTimeout(config.idleTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .initialMaxData(config.maxData())
        .initialMaxStreamDataBidirectionalLocal(config.maxStreamData())
        .initialMaxStreamDataBidirectionalRemote(config.maxStreamData())
        .initialMaxStreamDataUnidirectional(config.maxStreamData())
        .initialMaxStreamsBidirectional(config.maxIncomingBidirectionalStreams().toLong())
        .initialMaxStreamsUnidirectional(config.maxIncomingUnidirectionalStreams().toLong())
        .maxSendUdpPayloadSize(config.maxUdpPayloadSize().toLong())
        .maxRecvUdpPayloadSize(maxReceivedPayload(config).toLong())
        .datagram(config.datagrams().incomingQueueLength(), config.datagrams().outgoingQueueLength())
        .congestionControlAlgorithm(
            when (config.congestionControl()) {
                CongestionControl.CUBIC -> QuicCongestionControlAlgorithm.CUBIC
                CongestionControl.RENO -> QuicCongestionControlAlgorithm.RENO
                CongestionControl.BBR -> QuicCongestionControlAlgorithm.BBR
            },
        )

/** Where TLS secrets go, if anywhere. */
internal fun keyLog(config: QuicConfig): KeyLogFile? = config.keyLogFile().map(::KeyLogFile).orElse(null)

/** Where qlog files go, if anywhere: one per connection, named by quiche. Makes the directory. */
internal fun qlog(config: QuicConfig, title: String): QLogConfiguration? =
    config.qlogDirectory().orElse(null)?.let { directory ->
        QLogConfiguration(Files.createDirectories(directory).toString(), title, title)
    }
