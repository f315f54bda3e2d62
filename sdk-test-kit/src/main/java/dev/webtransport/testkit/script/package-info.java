/**
 * Hostile peers: {@link dev.webtransport.testkit.script.ScriptedPeer} is one end of a QUIC connection that says whatever a test
 * writes down for it, and checks what comes back. {@link dev.webtransport.testkit.script.Http3Bytes} are the words for that.
 *
 * <p>What a script says well comes from the codecs of the core, so that only the mistake is written by hand. Nothing hangs: each
 * step waits for a bounded time, in {@code runTest} of virtual time.
 *
 * <p>Java and Kotlin. May use the core's transport SPI, {@code codec}, {@code wire}, {@code error}, {@code config} and
 * {@code value}, and the loopback of this kit; must never use a client, a server, a session, or a test framework: what fails is
 * an {@link java.lang.AssertionError}.
 */
@NullMarked
package dev.webtransport.testkit.script;

import org.jspecify.annotations.NullMarked;
