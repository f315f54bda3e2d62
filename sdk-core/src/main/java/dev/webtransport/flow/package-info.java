/**
 * Who may send, how much, and when: the accounts of session flow control, and the order of sending.
 *
 * <p>The accounts tell what the peer lets this end send and what this end lets the peer send, in bytes and in streams. Limits
 * count from the beginning of the session and only grow; every account knows its limit and what is used of it, and which
 * capsule is due for it. They are shared between the engine and the streams that use them up, so that a write or a read costs
 * no turn of the engine: each call is one step that no other sees half done. None of them waits. The scheduler decides which
 * stream of a full connection sends next.
 *
 * <p>Floor 2. Stands on {@code wire}, {@code value} and {@code error}. Must never use threads, a clock, sockets, futures or
 * Kotlin. Not API: public for the engines, the transports and the test kit of this SDK only. Specification:
 * draft-ietf-webtrans-http3-16 (sections 5.3, 5.4 and 5.6); send order and send groups of W3C WebTransport.
 */
@NullMarked
package dev.webtransport.flow;

import org.jspecify.annotations.NullMarked;
