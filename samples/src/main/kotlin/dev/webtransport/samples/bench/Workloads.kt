package dev.webtransport.samples.bench

import dev.webtransport.client.WebTransportClient
import dev.webtransport.session.WebTransportSession
import dev.webtransport.session.readAll
import dev.webtransport.session.use
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.lang.management.ManagementFactory
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicLong
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.measureTime

/** One line of the result. */
internal class Measurement(val workload: String, val result: String, val ok: Boolean)

/** The workloads, each against a running [BenchServer]; every byte is checked at the receiver. */
internal class Workloads(
    private val client: WebTransportClient,
    private val url: String,
    private val report: (Measurement) -> Unit,
) {
    /** One stream up and one down, [rounds] times. */
    suspend fun bulk(bytes: Long, rounds: Int) {
        val expected = Pattern.checksum(bytes)
        repeat(rounds) { round ->
            session("/sink") { session ->
                var seen = ""
                val took =
                    measureTime {
                        session.createBidirectionalStream().use { stream ->
                            Pattern.send(stream.send, bytes)
                            stream.send.finish()
                            seen = stream.receive.readAll(100).decodeToString()
                        }
                    }
                rate("upload ${mib(bytes)} on one stream, round ${round + 1}", bytes, took, seen == expected)
            }
            session("/source") { session ->
                val sum = Checksum()
                val took =
                    measureTime {
                        session.createBidirectionalStream().use { stream ->
                            stream.send.write(bytes.toString().encodeToByteArray())
                            stream.send.finish()
                            val buffer = ByteBuffer.allocateDirect(CHUNK)
                            while (stream.receive.read(buffer.clear()) >= 0) sum.add(buffer.flip())
                        }
                    }
                rate("download ${mib(bytes)} on one stream, round ${round + 1}", bytes, took, sum.toString() == expected)
            }
        }
    }

    /** [count] streams of [size] bytes one after another, each echoed whole. */
    suspend fun sequential(count: Int, size: Int) {
        session("/echo") { session ->
            var good = 0
            val took = measureTime { repeat(count) { if (echo(session, size, it)) good++ } }
            each("$count streams of $size bytes, one after another", count, took, good)
        }
    }

    /** [count] streams of [size] bytes at once, each echoed whole. */
    suspend fun parallel(count: Int, size: Int) {
        session("/echo") { session ->
            var good = 0
            val took =
                measureTime {
                    good = coroutineScope { List(count) { async { echo(session, size, it) } }.awaitAll().count { it } }
                }
            each("$count streams of $size bytes at once", count, took, good)
        }
    }

    /** [count] streams that are open and silent. */
    suspend fun idleStreams(count: Int) {
        session("/idle") { session ->
            session.createBidirectionalStream().send.write(ByteArray(1))
            val one = threads()
            repeat(count - 1) { session.createBidirectionalStream().send.write(ByteArray(1)) }
            val many = threads()
            report(Measurement("$count idle streams", "threads: $one with one stream, $many with $count", many <= one))
        }
    }

    /** [count] connections that are open and silent, each with a session. */
    suspend fun idleConnections(count: Int) {
        val sessions = mutableListOf(client.connect("$url/idle"))
        val one = threads()
        try {
            repeat(count - 1) { sessions += client.connect("$url/idle") }
            val many = threads()
            report(Measurement("$count idle connections", "threads: $one with one connection, $many with $count", many <= one))
        } finally {
            coroutineScope { sessions.forEach { launch { it.close() } } }
        }
    }

    /** A reader that sleeps while [bytes] are written to it. */
    suspend fun slowReader(bytes: Long, server: BenchServer) {
        session("/sleep") { session ->
            session.createBidirectionalStream().use { stream ->
                coroutineScope {
                    val before = heap()
                    val written = AtomicLong()
                    val writing =
                        launch {
                            Pattern.send(stream.send, bytes, written::set)
                            stream.send.finish()
                        }
                    val held = settled(written)
                    val during = heap()
                    val suspended = writing.isActive && held < bytes
                    server.wake.complete(Unit)
                    val seen = stream.receive.readAll(100).decodeToString()
                    writing.join()
                    val whole = seen == Pattern.checksum(bytes)
                    report(
                        Measurement(
                            "a reader that sleeps while ${mib(bytes)} are written",
                            "writer suspended after ${mib(
                                held,
                            )}; heap ${mib(before)} before, ${mib(during)} while it sleeps, ${mib(heap())} after; " +
                                if (whole) "all arrived" else "arrived: $seen",
                            suspended && whole && during - before < HEAP_SLACK,
                        ),
                    )
                }
            }
        }
    }

    private suspend fun session(path: String, block: suspend (WebTransportSession) -> Unit) {
        val session = client.connect("$url$path")
        try {
            block(session)
        } finally {
            session.close()
        }
    }

    private suspend fun echo(session: WebTransportSession, size: Int, seed: Int): Boolean {
        val data = ByteArray(size) { (it * 31 + seed).toByte() }
        return session.createBidirectionalStream().use { stream ->
            coroutineScope {
                launch {
                    stream.send.write(data)
                    stream.send.finish()
                }
                stream.receive.readAll(size).contentEquals(data)
            }
        }
    }

    /** How far a writer gets before it does not move for a while. */
    private suspend fun settled(written: AtomicLong): Long {
        var last = -1L
        while (written.get() != last) {
            last = written.get()
            delay(STILL)
        }
        return last
    }

    private fun rate(what: String, bytes: Long, took: Duration, ok: Boolean) {
        val perSecond = bytes / 1e6 / (took.inWholeMicroseconds / 1e6)
        report(Measurement(what, "%.0f MB/s, %s".format(perSecond, if (ok) "checksum right" else "CHECKSUM WRONG"), ok))
    }

    private fun each(what: String, count: Int, took: Duration, good: Int) {
        val perSecond = count / (took.inWholeMicroseconds / 1e6)
        report(Measurement(what, "%.0f streams/s, %d of %d echoed whole".format(perSecond, good, count), good == count))
    }

    private fun threads(): Int = ManagementFactory.getThreadMXBean().threadCount

    private suspend fun heap(): Long =
        withContext(Dispatchers.Default) {
            repeat(3) { System.gc() }
            ManagementFactory.getMemoryMXBean().heapMemoryUsage.used
        }

    private fun mib(bytes: Long): String = "%.1f MiB".format(bytes / 1048576.0)

    private companion object {
        val STILL = 500.milliseconds
        const val HEAP_SLACK = 32L shl 20
    }
}
