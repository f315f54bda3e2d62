/**
 * The service provider interface of transports: what WebTransport needs of QUIC, and nothing of how an engine works.
 *
 * <p>Floor 5, Kotlin. May use {@code config}, {@code error}, {@code value} and coroutines; must never use {@code
 * session},
 * {@code engine} or any engine of QUIC, never an {@code InputStream}, and needs no thread per stream. Specifications:
 * RFC
 * 9000 (streams, error codes, closing), RFC 9221 (datagrams).
 */
package dev.webtransport.transport;
