/**
 * What the engines of HTTP/3 and HTTP/2 share: the events they give to their driver and the machine of one session.
 *
 * <p>Not API: public for the drivers of this SDK and its test kit only.
 *
 * <p>Floor 3. Stands on {@code codec}, {@code config}, {@code error} and {@code value}. Must never use threads, a
 * clock,
 * sockets, futures or Kotlin: time is a parameter, and nothing here calls back. Implements
 * draft-ietf-webtrans-http3-16, sections 3 to 6, as far as they do not depend on the HTTP version.
 */
@NullMarked
package dev.webtransport.engine;

import org.jspecify.annotations.NullMarked;
