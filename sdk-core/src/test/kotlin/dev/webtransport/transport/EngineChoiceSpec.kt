package dev.webtransport.transport

import dev.webtransport.config.ClientTlsConfig
import dev.webtransport.config.Engine
import dev.webtransport.config.QuicConfig
import dev.webtransport.config.ServerTlsConfig
import dev.webtransport.error.TransportUnavailableException
import io.kotest.assertions.throwables.shouldThrow
import io.kotest.core.spec.style.FreeSpec
import io.kotest.matchers.collections.shouldBeEmpty
import io.kotest.matchers.collections.shouldContainExactly
import io.kotest.matchers.nulls.shouldBeNull
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeSameInstanceAs
import java.net.InetSocketAddress

class EngineChoiceSpec : FreeSpec({
    val netty = FakeProvider("netty", 100)
    val kwik = FakeProvider("kwik", 50)
    val noNative = FakeProvider("netty", 100, UnsatisfiedLinkError("add the native code"))
    val noJar = FakeProvider("kwik", 50, NoClassDefFoundError("add the jar"))

    "left open" - {
        "the first by priority is taken, in whatever order they are found" {
            Choice(netty, kwik).of(Engine.AUTO) shouldBe "netty"
            Choice(kwik, netty).of(Engine.AUTO) shouldBe "netty"
        }
        "the next one takes the place of one that cannot run here" {
            Choice(noNative, kwik).of(Engine.AUTO) shouldBe "kwik"
        }
        "where none can run, the message says what each lacks, and the cause is that of the first" {
            val failure = shouldThrow<TransportUnavailableException> { Choice(noJar, noNative).of(Engine.AUTO) }
            failure.message shouldBe "no QUIC engine can run here: netty: add the native code; kwik: add the jar"
            failure.cause shouldBeSameInstanceAs noNative.lack
        }
        "where none is listed, the message says which file was lost" {
            val failure = shouldThrow<TransportUnavailableException> { Choice().of(Engine.AUTO) }
            failure.message shouldBe "there is no QUIC engine: $SERVICES_ARE_LOST"
            failure.cause.shouldBeNull()
        }
    }

    "by the system property" - {
        "it is the one that is named" {
            Choice(netty, kwik, property = "kwik").of(Engine.AUTO) shouldBe "kwik"
            Choice(netty, kwik, property = " KWIK ").of(Engine.AUTO) shouldBe "kwik"
        }
        "auto leaves it open" {
            Choice(netty, kwik, property = "auto").of(Engine.AUTO) shouldBe "netty"
        }
        "settings go first" {
            Choice(netty, kwik, property = "kwik").of(Engine.NETTY) shouldBe "netty"
        }
        "no other takes the place of one that cannot run here" {
            shouldThrow<TransportUnavailableException> { Choice(noNative, kwik, property = "netty").of(Engine.AUTO) }.message shouldBe
                "the QUIC engine netty, which the system property dev.webtransport.engine asks for, cannot run here: add the native code"
        }
        "a value that is no engine is refused" {
            shouldThrow<IllegalArgumentException> { Choice(netty, kwik, property = "quiche").of(Engine.AUTO) }.message shouldBe
                "the system property dev.webtransport.engine is \"quiche\": expected one of auto, kwik, netty"
        }
    }

    "by settings" - {
        "it is the one that is named" {
            Choice(netty, kwik).of(Engine.KWIK) shouldBe "kwik"
        }
        "no other takes the place of one that cannot run here" {
            val failure = shouldThrow<TransportUnavailableException> { Choice(netty, noJar).of(Engine.KWIK) }
            failure.message shouldBe "the QUIC engine kwik, which the settings ask for, cannot run here: add the jar"
            failure.cause shouldBeSameInstanceAs noJar.lack
        }
        "one that is not listed is missed" {
            shouldThrow<TransportUnavailableException> { Choice(netty).of(Engine.KWIK) }.message shouldBe
                "there is no QUIC engine kwik, which the settings ask for: $SERVICES_ARE_LOST"
        }
    }

    "what was decided is logged" - {
        "once, however many are made" {
            val choice = Choice(netty, kwik)
            repeat(3) { choice.of(Engine.AUTO) }
            choice.log shouldContainExactly listOf("QUIC is netty, the first choice")
        }
        "with what others lack" {
            val choice = Choice(noNative, kwik)
            choice.of(Engine.AUTO)
            choice.log shouldContainExactly listOf("QUIC is kwik, because others cannot run here: netty: add the native code")
        }
        "with the property" {
            val choice = Choice(netty, kwik, property = "kwik")
            choice.of(Engine.AUTO)
            choice.log shouldContainExactly listOf("QUIC is kwik, which the system property dev.webtransport.engine asks for")
        }
        "but not what the settings say anyway, nor what failed" {
            val choice = Choice(netty, noJar)
            choice.of(Engine.NETTY)
            shouldThrow<TransportUnavailableException> { choice.of(Engine.KWIK) }
            choice.log.shouldBeEmpty()
        }
    }

    "the engines of this build" - {
        "are these, so none is left out of the tests that run on each" {
            QuicTransports.engines() shouldContainExactly listOf(Engine.NETTY, Engine.KWIK)
        }
        QuicTransports.engines().forEach { engine ->
            "${engine.label()} can run here" {
                QuicTransports.of(engine).use { it.name shouldBe engine.label() }
            }
        }
    }
})

private const val SERVICES_ARE_LOST =
    "META-INF/services/dev.webtransport.transport.QuicTransportProvider of sdk-core, which lists the engines, is missing or incomplete; " +
        "where jars are merged into one, merge the files of META-INF/services too"

/** A choice among [providers], and what it logs. */
private class Choice(vararg providers: QuicTransportProvider, property: String? = null) {
    val log = mutableListOf<String>()
    private val choice = EngineChoice({ providers.toList() }, { property }, log::add)

    fun of(engine: Engine): String = choice.of(engine).name
}

private class FakeProvider(override val name: String, override val priority: Int, val lack: Throwable? = null) : QuicTransportProvider {
    override fun unavailabilityCause(): Throwable? = lack

    override fun create(): QuicTransport = FakeTransport(name)
}

private class FakeTransport(override val name: String) : QuicTransport {
    override val capabilities: Set<TransportCapability> = emptySet()

    override suspend fun connect(
        remote: InetSocketAddress,
        serverName: String,
        tls: ClientTlsConfig,
        config: QuicConfig,
    ): QuicConnection = error("never connects")

    override suspend fun listen(local: InetSocketAddress, tls: ServerTlsConfig, config: QuicConfig): QuicListener = error("never listens")

    override fun close() = Unit
}
