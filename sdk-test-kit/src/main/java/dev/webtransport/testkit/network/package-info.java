/**
 * The network between two {@link dev.webtransport.testkit.quic.QuicEndpoint}s, simulated from one seed: how long frames take,
 * which datagrams are lost, what is cut, and the faults that were asked for.
 *
 * <p>Java. May use {@code quic} and {@code fault} of the kit; must never use a thread, a clock or a coroutine: the time is told.
 */
@NullMarked
package dev.webtransport.testkit.network;

import org.jspecify.annotations.NullMarked;
