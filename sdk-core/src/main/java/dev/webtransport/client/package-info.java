/**
 * Where a client starts: connects, asks for sessions, and owns the scope they live in.
 *
 * <p>Floor 7, Kotlin. May use everything below; must never use {@code server}. Specifications: W3C WebTransport
 * (constructor and
 * options), draft-ietf-webtrans-http3-16, section 3.
 */
package dev.webtransport.client;
