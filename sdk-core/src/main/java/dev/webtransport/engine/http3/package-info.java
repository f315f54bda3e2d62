/**
 * WebTransport over HTTP/3 as a machine without input and output of its own: it takes what QUIC tells
 * ({@link dev.webtransport.engine.http3.QuicInput}) and gives what it asks of QUIC
 * ({@link dev.webtransport.engine.http3.QuicOutput}) and what the application should know
 * ({@link dev.webtransport.engine.EngineEvent}).
 *
 * <p>Not API: public for the driver of this SDK and its test kit only.
 *
 * <p>Floor 4. Stands on {@code engine}, {@code codec}, {@code config}, {@code error} and {@code value}. Must never use
 * threads, a clock, sockets, futures or Kotlin. Implements RFC 9114 (as far as CONNECT needs it), RFC 9204 without the
 * dynamic table, RFC 9220, RFC 9297 and draft-ietf-webtrans-http3-16 with its predecessors from -02 on.
 */
@NullMarked
package dev.webtransport.engine.http3;

import org.jspecify.annotations.NullMarked;
