/**
 * Assertions about sessions, streams, datagrams and traces for tests in Kotlin with Kotest, or with any other framework that runs
 * coroutines. They suspend until what they assert is there.
 *
 * <p><b>None hangs.</b> Each waits for a bounded time: in {@code runTest} of virtual time, which costs nothing, elsewhere of real
 * time. <b>None takes more than it says:</b> what was received and not asked for is there for the next read. <b>A failure says
 * what was there instead:</b> which bytes, which code, which end, or nothing, and for how long.
 *
 * <p>Kotlin. May use what the core offers to applications, the traces of this kit, coroutines, and Kotest's assertions, which are
 * an optional dependency of the kit; must never look into an engine or read the clock on the wall.
 */
package dev.webtransport.testkit.kotest;
