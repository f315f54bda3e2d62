/**
 * QUIC over Netty's codec and its native library: the fast engine, where native code loads.
 *
 * <p>Floor 6. May use {@code transport}, {@code config}, {@code error}, {@code value}, {@code tls} and Netty; must never use
 * {@code engine}, {@code runtime} or {@code session}, block an event loop, or let a type of Netty into a public signature.
 * Specifications: RFC 9000, RFC 9001, RFC 9221.
 */
package dev.webtransport.netty;
