/**
 * Where a server starts: listens, shows each session request to the application, accepts or rejects it.
 *
 * <p>Floor 7, Kotlin. May use everything below; must never use {@code client}. Specifications:
 * draft-ietf-webtrans-http3-16, section 3; RFC 9114 and RFC 9220 for the request.
 */
package dev.webtransport.server;
