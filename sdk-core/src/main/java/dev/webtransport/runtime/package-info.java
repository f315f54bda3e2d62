/**
 * The drivers: they carry inputs and outputs between an engine and a transport, and stand behind the interfaces of
 * {@code session}. Not API: public at most for {@code client}, {@code server} and the test kit.
 *
 * <p>Floor 6, Kotlin. May use everything below; must never use {@code kwik}, {@code netty} or {@code tcp}, block a
 * thread, call
 * code of the application while it owns the engine, or keep a queue without a bound. Decides nothing that a
 * specification
 * demands: that is the engine's. Specifications: draft-ietf-webtrans-http3-16 by way of {@code engine.http3}.
 */
package dev.webtransport.runtime;
