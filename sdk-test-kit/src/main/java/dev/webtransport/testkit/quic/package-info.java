/**
 * QUIC without packets: an endpoint as a machine ({@link dev.webtransport.testkit.quic.QuicEndpoint}) that takes and gives
 * frames and is told the time. What is built on it, the loopback transport and the engine pairs, cannot differ in what QUIC
 * does.
 *
 * <p>Java. May use {@code transport}'s words for errors, {@code config}, {@code error} and {@code value} of the core; must
 * never use a thread, a clock, a coroutine or a test framework. Specifications: RFC 9000 (sections 2, 4, 10.1, 19), RFC 9221.
 */
@NullMarked
package dev.webtransport.testkit.quic;

import org.jspecify.annotations.NullMarked;
