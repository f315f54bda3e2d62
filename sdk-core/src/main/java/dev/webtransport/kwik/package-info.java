/**
 * QUIC over Kwik: Java alone, for platforms on which Netty's native code does not run. The only package that may block.
 *
 * <p>It may use the transport SPI, configuration, errors, values, {@code dev.webtransport.tls}, {@code dev.webtransport.flow} and
 * Kwik. It must never see the protocol engines or their drivers. It implements RFC 9000, RFC 9001 and RFC 9221 by means of
 * Kwik, whose streams block and whose API hides much; what is missing is seen in the packets, which Kwik shows to its logger
 * (docs/adr/0029).
 */
@NullMarked
package dev.webtransport.kwik;

import org.jspecify.annotations.NullMarked;
