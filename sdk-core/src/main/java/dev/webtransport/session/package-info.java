/**
 * The public API: connections, sessions, streams and datagrams, as interfaces that suspend.
 *
 * <p>Floor 5, Kotlin. May use {@code config}, {@code error}, {@code value} and coroutines; must never use {@code transport},
 * {@code engine} or what implements these interfaces. Blocks nowhere but on the I/O dispatcher, to read files and channels
 * (docs/adr/0011). Specifications: W3C WebTransport (names and behaviour), draft-ietf-webtrans-overview-13 (the model),
 * draft-ietf-webtrans-http3-16.
 */
package dev.webtransport.session;
