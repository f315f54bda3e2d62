package dev.webtransport.testkit.mutation

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.config.TcpConfig
import dev.webtransport.transport.ByteCloseReason
import dev.webtransport.transport.ByteConnection
import dev.webtransport.transport.ByteConnectionException
import dev.webtransport.transport.ByteListener
import dev.webtransport.transport.ByteTransport
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.launch
import kotlinx.coroutines.yield
import java.net.InetSocketAddress
import java.nio.ByteBuffer

/** One mistake of a transport of bytes. */
internal enum class PlantedByteBug {
    LOST_BYTE {
        override fun connection(inner: ByteConnection, scope: CoroutineScope) = MangledByteStream(inner) { it.copyOf(it.size - 1) }
    },
    DUPLICATED_BYTE {
        override fun connection(inner: ByteConnection, scope: CoroutineScope) = MangledByteStream(inner) { it + it.last() }
    },
    SWAPPED_BYTES {
        override fun connection(inner: ByteConnection, scope: CoroutineScope) =
            MangledByteStream(inner) { it.apply { reverse(size - 2, size) } }
    },
    LOST_FIN {
        override fun connection(inner: ByteConnection, scope: CoroutineScope) = object : ByteConnection by inner {
            override suspend fun finish() = Unit
        }
    },
    SECOND_FINISH_FAILS {
        override fun connection(inner: ByteConnection, scope: CoroutineScope) = SecondByteFinishFails(inner)
    },
    CUT_SHOWN_AS_END {
        override fun connection(inner: ByteConnection, scope: CoroutineScope) = CutShownAsEnd(inner)
    },
    CLOSE_FORGETS_WHAT_WAS_FINISHED {
        override fun connection(inner: ByteConnection, scope: CoroutineScope) = LazyByteFinish(inner, scope)
    },
    CLOSE_DOES_NOT_WAKE_READER {
        override fun connection(inner: ByteConnection, scope: CoroutineScope) = DeafByteReader(inner)
    },
    CANCELLED_READ_LOSES_BYTES {
        override fun connection(inner: ByteConnection, scope: CoroutineScope) = LossyByteRead(inner)
    },
    CANCELLED_WRITE_GOES_ON {
        override fun connection(inner: ByteConnection, scope: CoroutineScope) = UnstoppableByteWrite(inner, scope)
    },
    CANCELLED_ACCEPT_LOSES_CONNECTION {
        override fun listener(inner: ByteListener) = object : ByteListener by inner {
            override suspend fun accept(): ByteConnection? = inner.accept().also { yield() }
        }
    },
    UNBOUNDED_SEND_BUFFER {
        override fun config(config: TcpConfig): TcpConfig = config.toBuilder().sendBufferSize(1 shl 30).build()
    },
    UNBOUNDED_BACKLOG {
        override fun config(config: TcpConfig): TcpConfig = config.toBuilder().acceptBacklog(100_000).build()
    },
    PROTOCOL_NOT_TOLD {
        override fun connection(inner: ByteConnection, scope: CoroutineScope) = object : ByteConnection by inner {
            override val applicationProtocol: String? get() = null
        }
    },
    END_NEVER_TOLD {
        override fun connection(inner: ByteConnection, scope: CoroutineScope) = object : ByteConnection by inner {
            override suspend fun awaitClosed(): ByteCloseReason {
                return inner.awaitClosed().takeIf { it !is ByteCloseReason.Finished } ?: awaitCancellation()
            }
        }
    },
    ;

    open fun config(config: TcpConfig): TcpConfig = config

    open fun listener(inner: ByteListener): ByteListener = inner

    open fun connection(inner: ByteConnection, scope: CoroutineScope): ByteConnection = inner
}

/** A good transport of bytes with one mistake, or with none. */
internal class FlawedByteTransport(
    private val inner: ByteTransport,
    private val bug: PlantedByteBug?,
    private val scope: CoroutineScope,
) : ByteTransport by inner {
    override suspend fun connect(
        remote: InetSocketAddress,
        serverName: String,
        applicationProtocols: List<String>,
        tls: ClientTlsConfig,
        config: TcpConfig,
    ): ByteConnection {
        return wrap(inner.connect(remote, serverName, applicationProtocols, tls, bug?.config(config) ?: config))
    }

    override suspend fun listen(
        local: InetSocketAddress,
        applicationProtocols: List<String>,
        tls: ServerTlsConfig,
        config: TcpConfig,
    ): ByteListener {
        val listener = inner.listen(local, applicationProtocols, tls, bug?.config(config) ?: config)
        val wrapped = object : ByteListener by listener {
            override suspend fun accept(): ByteConnection? = listener.accept()?.let(::wrap)
        }
        return bug?.listener(wrapped) ?: wrapped
    }

    private fun wrap(connection: ByteConnection): ByteConnection = bug?.connection(connection, scope) ?: connection
}

/** The write that brings a connection to 1,000 bytes goes out changed; small ones are well. */
private class MangledByteStream(
    private val inner: ByteConnection,
    private val mangle: (ByteArray) -> ByteArray,
) : ByteConnection by inner {
    private var count = 0L

    override suspend fun write(data: ByteBuffer) {
        val before = count
        count += data.remaining()
        if (before < FINE && count >= FINE && data.remaining() > 1) {
            inner.write(ByteBuffer.wrap(mangle(data.takeAll())))
        } else {
            inner.write(data)
        }
    }

    private companion object {
        const val FINE = 1_000
    }
}

private class SecondByteFinishFails(private val inner: ByteConnection) : ByteConnection by inner {
    private var finished = false

    override suspend fun finish() {
        check(!finished) { "finished already" }
        finished = true
        inner.finish()
    }
}

private class CutShownAsEnd(private val inner: ByteConnection) : ByteConnection by inner {
    override suspend fun read(dst: ByteBuffer): Int {
        return try {
            inner.read(dst)
        } catch (cut: ByteConnectionException) {
            if (cut.reason is ByteCloseReason.Reset) -1 else throw cut
        }
    }
}

/** The end is sent later; a close that comes meanwhile overtakes it. */
private class LazyByteFinish(
    private val inner: ByteConnection,
    private val scope: CoroutineScope,
) : ByteConnection by inner {
    override suspend fun finish() {
        scope.launch { runCatching { inner.finish() } }
    }
}

/** A read that waits sleeps on when the connection is closed here. */
private class DeafByteReader(private val inner: ByteConnection) : ByteConnection by inner {
    override suspend fun read(dst: ByteBuffer): Int {
        return try {
            inner.read(dst)
        } catch (closed: ByteConnectionException) {
            if (closed.reason is ByteCloseReason.Local) awaitCancellation()
            throw closed
        }
    }
}

/** Takes the bytes first and gives them later. */
private class LossyByteRead(private val inner: ByteConnection) : ByteConnection by inner {
    override suspend fun read(dst: ByteBuffer): Int {
        val own = ByteBuffer.allocate(dst.remaining())
        val count = inner.read(own)
        yield()
        if (count > 0) dst.put(own.array(), 0, count)
        return count
    }
}

/** All of it is sent, though the caller has gone and believes what its buffer says. */
private class UnstoppableByteWrite(
    private val inner: ByteConnection,
    private val scope: CoroutineScope,
) : ByteConnection by inner {
    override suspend fun write(data: ByteBuffer) {
        val own = ByteBuffer.wrap(data.duplicate().takeAll())
        scope.async { runCatching { inner.write(own) } }.await().getOrThrow()
        data.position(data.limit())
    }
}
