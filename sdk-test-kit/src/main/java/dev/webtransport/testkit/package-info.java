/**
 * WebTransport in memory: transports without sockets, for tests of what is above them, under virtual time.
 *
 * <p>Kotlin. May use {@code transport}, {@code config}, {@code error} and {@code value} of the core, and coroutines; must never
 * use a thread, a socket, a clock, a dispatcher of its own, or a test framework: it fits any. Specifications: RFC 9000
 * (stream ids, flow control, stream limits, error codes), RFC 9221 (datagrams), RFC 7301 (ALPN, for bytes).
 */
package dev.webtransport.testkit;
