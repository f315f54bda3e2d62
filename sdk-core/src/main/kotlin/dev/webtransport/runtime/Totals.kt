package dev.webtransport.runtime

import dev.webtransport.value.TrafficStatistics
import java.time.Duration
import java.util.concurrent.atomic.LongAdder
import kotlin.time.TimeMark
import kotlin.time.TimeSource
import kotlin.time.toJavaDuration

/** What streams and datagrams moved: those of one session, or, as its [total], those of all of a client or server. For any thread. */
internal class Traffic(private val total: Traffic? = null) {
    private val streams = LongAdder()
    private val written = LongAdder()
    private val read = LongAdder()
    private val datagramsOut = LongAdder()
    private val datagramBytesOut = LongAdder()
    private val datagramsIn = LongAdder()
    private val datagramBytesIn = LongAdder()

    val bytesWritten: Long get() = written.sum()
    val bytesRead: Long get() = read.sum()
    val datagramBytesSent: Long get() = datagramBytesOut.sum()
    val datagramBytesReceived: Long get() = datagramBytesIn.sum()

    fun handleStream() {
        streams.increment()
        total?.handleStream()
    }

    fun handleWritten(bytes: Int) {
        written.add(bytes.toLong())
        total?.handleWritten(bytes)
    }

    fun handleRead(bytes: Int) {
        read.add(bytes.toLong())
        total?.handleRead(bytes)
    }

    fun handleDatagramSent(bytes: Int) {
        datagramsOut.increment()
        datagramBytesOut.add(bytes.toLong())
        total?.handleDatagramSent(bytes)
    }

    fun handleDatagramReceived(bytes: Int) {
        datagramsIn.increment()
        datagramBytesIn.add(bytes.toLong())
        total?.handleDatagramReceived(bytes)
    }

    fun statistics(): TrafficStatistics =
        TrafficStatistics
            .builder()
            .streamsOpened(streams.sum())
            .bytesWritten(written.sum())
            .bytesRead(read.sum())
            .datagramsSent(datagramsOut.sum())
            .datagramBytesSent(datagramBytesOut.sum())
            .datagramsReceived(datagramsIn.sum())
            .datagramBytesReceived(datagramBytesIn.sum())
            .build()
}

/** What all connections of a client or server did together. For any thread. */
internal class Totals(timeSource: TimeSource) {
    private val begun: TimeMark = timeSource.markNow()

    @Volatile
    private var uptimeAtEnd: Duration? = null

    val traffic = Traffic()

    /** Sessions that stood. */
    val sessions = LongAdder()

    /** Session requests of clients: that came, that were rejected, and whose client went first. */
    val requests = LongAdder()
    val rejected = LongAdder()
    val withdrawn = LongAdder()

    /** How long the client or server has been there. */
    val uptime: Duration get() = uptimeAtEnd ?: begun.elapsedNow().toJavaDuration()

    fun handleEnd() {
        uptimeAtEnd = begun.elapsedNow().toJavaDuration()
    }
}
