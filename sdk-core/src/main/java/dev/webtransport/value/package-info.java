/**
 * Small immutable values that the public API and the engines share.
 *
 * <p>Floor 0. May use the JDK only: no clock, no threads, no sockets, no Kotlin. Specifications: W3C WebTransport
 * (dictionaries and enumerations), draft-ietf-webtrans-overview-13.
 */
@NullMarked
package dev.webtransport.value;

import org.jspecify.annotations.NullMarked;
