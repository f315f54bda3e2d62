/**
 * Flupke, an implementation of WebTransport that shares no line with this one, as the other end over UDP: its client and our server, our
 * client and its server, on each of our engines.
 *
 * <p>Flupke 0.9.4 speaks draft 13 over Kwik, and less of it than it could: it announces no HTTP datagrams, has no way to reset a stream or
 * to ask the peer to stop, does not tell the codes of a peer that does, and knows neither drain nor GOAWAY. What it has is tried here: the
 * session with its path and its refusal, streams of both kinds opened by both ends, much data to Flupke, and the end with code and reason
 * from both ends. Much data from Flupke is not: Kwik 0.10.8 forgets at speed that a stream has more to send.
 */
@NullMarked
package dev.webtransport.flupke;

import org.jspecify.annotations.NullMarked;
