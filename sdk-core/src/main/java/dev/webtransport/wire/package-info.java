/**
 * Numbers and bytes as QUIC writes them: variable-length integers, fixed 32-bit numbers, raw bytes.
 *
 * <p>Floor 0. May use the JDK only: no clock, no threads, no sockets, no Kotlin. Not API: public for the other floors
 * and
 * the test kit. Specification: RFC 9000, section 16.
 */
@NullMarked
package dev.webtransport.wire;

import org.jspecify.annotations.NullMarked;
