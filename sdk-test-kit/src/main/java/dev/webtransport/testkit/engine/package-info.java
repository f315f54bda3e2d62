/**
 * Two HTTP/3 engines back to back, without threads and without coroutines
 * ({@link dev.webtransport.testkit.engine.EnginePair}): for tests that walk through thousands of states, where every turn of
 * the protocol is one call.
 *
 * <p>Java. May use {@code quic}, {@code network} and {@code fault} of the kit, and the engine of the core with what is below
 * it; must never use a thread, a clock, a coroutine or a test framework: the time is told. Specifications:
 * draft-ietf-webtrans-http3-16, as far as a driver of the engine has a part in it.
 */
@NullMarked
package dev.webtransport.testkit.engine;

import org.jspecify.annotations.NullMarked;
