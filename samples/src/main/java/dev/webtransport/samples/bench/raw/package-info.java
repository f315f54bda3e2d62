/**
 * QUIC engines without the SDK, doing the same work with the same settings, so that its cost can be told. Streams begin with a
 * byte that says what is wanted, {@link dev.webtransport.samples.bench.raw.Command}: as much overhead as the preamble of a
 * WebTransport stream, about.
 */
@NullMarked
package dev.webtransport.samples.bench.raw;

import org.jspecify.annotations.NullMarked;
