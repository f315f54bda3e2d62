/**
 * What every transport must do, as tests: abstract suites that whoever writes a transport extends with a line each.
 *
 * <p>Kotlin. May use the core's public interface and transport SPI, Kotest and coroutines; must never look into an engine.
 * Kotest is an optional dependency of the kit: a build that runs these suites adds {@code kotest-runner-junit5} and
 * {@code kotest-assertions-core} to its tests, and has surefire include classes named {@code *Spec}. Specifications: RFC
 * 9000 (streams, credit, closing), RFC 9221 (datagrams), draft-ietf-webtrans-http3 and W3C WebTransport (sessions).
 */
package dev.webtransport.testkit.contract;
