/**
 * QUIC over Netty's codec (quiche in native code), optional: the fast engine where native code loads.
 *
 * <p>It may use the transport SPI, configuration, errors, values, {@code dev.webtransport.tls} and Netty. It must never see
 * the protocol engines or their drivers. It implements RFC 9000, RFC 9001 and RFC 9221 by means of quiche.
 */
@NullMarked
package dev.webtransport.netty;

import org.jspecify.annotations.NullMarked;
