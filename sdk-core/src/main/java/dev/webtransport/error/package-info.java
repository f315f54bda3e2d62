/**
 * What can go wrong: the exceptions applications see, the error codes of the wire, and how they map.
 *
 * <p>Floor 1. May use {@code value} and the JDK; never Kotlin, threads, clocks or sockets. Specifications:
 * draft-ietf-webtrans-http3-16 (sections 4.4, 9.5), RFC 9114 section 8.1, RFC 9297 section 5.2.
 */
@NullMarked
package dev.webtransport.error;

import org.jspecify.annotations.NullMarked;
