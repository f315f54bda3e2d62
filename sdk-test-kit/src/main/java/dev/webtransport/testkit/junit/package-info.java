/**
 * Tests in Java with JUnit 5: an extension that hands a test a client and a server in memory
 * ({@link dev.webtransport.testkit.junit.Loopback}), a clock and executor on which everything of them runs
 * ({@link dev.webtransport.testkit.junit.VirtualTime}), and assertions about streams and sessions
 * ({@link dev.webtransport.testkit.junit.WebTransportAssertions}).
 *
 * <p><b>One thread.</b> Nothing runs but when the test lets it: in {@code await}, {@code runReady} and {@code advance}. So no
 * test sleeps, none is decided by a race, and an hour passes in no time. The price: {@code join()} and {@code get()} of a future
 * wait for something that cannot happen meanwhile. A test that calls them is told so and fails.
 *
 * <p>Java. May use the facade, what the core offers to applications and to transports, the loopback transport of this kit, and
 * JUnit; must never use Kotest or a Kotlin test library. Both JUnit and the facade are optional dependencies of the kit.
 */
@NullMarked
package dev.webtransport.testkit.junit;

import org.jspecify.annotations.NullMarked;
