/**
 * The service provider interface of transports: what WebTransport needs of QUIC, or of TCP with TLS, and nothing of how an
 * engine works.
 *
 * <p>Floor 5, Kotlin. May use {@code config}, {@code error}, {@code value} and coroutines; must never use {@code session},
 * {@code engine} or any engine of a transport, never an {@code InputStream}, and needs no thread per stream.
 * Specifications: RFC 9000 (streams, error codes, closing), RFC 9221 (datagrams); RFC 9293 (TCP), RFC 8446 (closing TLS),
 * RFC 7301 (ALPN).
 */
package dev.webtransport.transport;
