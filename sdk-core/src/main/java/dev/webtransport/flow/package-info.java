/**
 * The accounts of session flow control: what the peer lets this end send, what this end lets the peer send, in bytes and in
 * streams. Limits count from the beginning of the session and only grow; every account knows its limit and what is used of
 * it, and which capsule is due for it.
 *
 * <p>Accounts are shared between the engine and the streams that use them up, so that a write or a read costs no turn of
 * the engine: each call is one step that no other sees half done. None of them waits.
 *
 * <p>Floor 2. May use {@code value} and the JDK; never Kotlin, threads, clocks or sockets. Not API: public for the
 * engines and their drivers. Specification: draft-ietf-webtrans-http3-16 (sections 5.3, 5.4 and 5.6).
 */
@NullMarked
package dev.webtransport.flow;

import org.jspecify.annotations.NullMarked;
