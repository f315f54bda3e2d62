/**
 * The formats of HTTP/3 and of WebTransport over it: frames, settings, capsules, stream preambles, HTTP datagrams,
 * field
 * sections, structured fields, and the rules of the CONNECT request and its response. One incremental parser per
 * format:
 * feed bytes, ask for the next item, null says "need more". What a peer breaks is a {@code ProtocolViolation} with its
 * scope, wire code and citation, never another exception; whatever is buffered is bounded.
 *
 * <p>Floor 2. May use {@code wire}, {@code value}, {@code error} and the JDK; never Kotlin, threads,
 * clocks or sockets. Not API: public for the engines and the test kit. Specifications: RFC 9114 (sections 4.1 to 4.3,
 * 6, 7),
 * RFC 9204 (section 4.5), RFC 9220, RFC 9297, RFC 9651, draft-ietf-webtrans-http3-16 (sections 3 to 6).
 */
@NullMarked
package dev.webtransport.codec;

import org.jspecify.annotations.NullMarked;
