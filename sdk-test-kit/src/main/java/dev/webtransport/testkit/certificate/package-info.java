/**
 * Certificates for tests and development, made in memory with the JDK alone.
 *
 * <p>Java. May use {@code config} of the core; must never use a network library, a test framework or a file. Nothing here
 * is for production: the keys are new each time, and nobody vouches for them. Specifications: RFC 5280, RFC 5480 (keys of
 * elliptic curves), RFC 8017 (RSA); W3C WebTransport, custom certificate requirements.
 */
@NullMarked
package dev.webtransport.testkit.certificate;

import org.jspecify.annotations.NullMarked;
