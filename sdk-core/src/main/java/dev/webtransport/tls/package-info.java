/**
 * Whether a peer's certificate is good, by rules that no QUIC engine has to know: chains, names, certificate hashes.
 * Not
 * API: public for the engines only.
 *
 * <p>Floor 2, beside {@code config}'s users: may use {@code config}, {@code error}, {@code value}, {@code
 * java.security},
 * {@code javax.net.ssl} and {@code java.time.Clock}; never Kotlin, threads, sockets, name resolution, or a type of an
 * engine. Specifications: W3C WebTransport ("custom certificate requirements"), RFC 5280, RFC 9525.
 */
@NullMarked
package dev.webtransport.tls;

import org.jspecify.annotations.NullMarked;
