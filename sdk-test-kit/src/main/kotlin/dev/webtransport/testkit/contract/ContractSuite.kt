package dev.webtransport.testkit.contract

import io.kotest.core.spec.style.FunSpec
import io.kotest.core.test.Enabled
import java.nio.Buffer
import java.nio.ByteBuffer

/**
 * Tests that run in a [ContractWorld]. Those that make no sense in it are skipped by name, with the reason.
 *
 * Not for extension: extend the contracts.
 */
public sealed class ContractSuite<T : AutoCloseable>(
    internal val world: ContractWorld<T>,
) : FunSpec() {
    /** What a test needs of the world it runs in: null if it is there, else what is missing and why that matters. */
    internal fun interface Need<T : AutoCloseable> {
        fun lackIn(world: ContractWorld<T>): String?
    }

    /** A test that is there for what only the operating system's sockets do. */
    internal fun sockets(why: String): Need<T> = Need { world -> world.withoutSockets?.let { "$it: $why" } }

    internal fun contract(name: String, vararg needs: Need<T>, test: suspend ContractRun<T>.() -> Unit) {
        test(name).config(
            enabledOrReasonIf = {
                val lacks = needs.mapNotNull { it.lackIn(world) }
                if (lacks.isEmpty()) Enabled.enabled else Enabled.disabled(lacks.joinToString("; "))
            },
        ) { world.run(test) }
    }
}

/** [size] bytes that count up, so that a lost or repeated one shows. */
internal fun bytes(size: Int): ByteBuffer = ByteBuffer.wrap(ByteArray(size) { it.toByte() })

/** Room for all of the buffer again. */
internal fun ByteBuffer.cleared(): ByteBuffer {
    // ByteBuffer.clear() has a result of its own only since Java 9; Android knows the inherited one.
    val inherited: Buffer = this
    inherited.clear()
    return this
}
