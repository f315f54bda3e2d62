/**
 * Who may send, how much, and when.
 *
 * <p>Not API: public for the engines, the transports and the test kit of this SDK only.
 *
 * <p>Floor 2. Stands on {@code wire}, {@code value} and {@code error}. Must never use threads, a clock, sockets,
 * futures
 * or Kotlin. Implements send order and send groups of W3C WebTransport.
 */
@NullMarked
package dev.webtransport.flow;

import org.jspecify.annotations.NullMarked;
