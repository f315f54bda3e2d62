/**
 * What a connection said, as readable lines: {@link dev.webtransport.testkit.trace.Trace} takes its frames,
 * {@link dev.webtransport.testkit.trace.Transcript} is read, compared and saved.
 *
 * <p>Java. May use {@code codec}, {@code wire}, {@code error} and {@code value} of the core, and {@code testkit.quic};
 * must never parse what a codec parses, and never use a thread, a clock, a coroutine or a test framework: what fails is
 * an {@link java.lang.AssertionError}. Lines and transcripts know nothing of QUIC, so that capsules of HTTP/2 fit into
 * them. Specifications, for what the lines are called: RFC 9000 (section 19), RFC 9114 (section 7.2), RFC 9204, RFC
 * 9297, draft-ietf-webtrans-http3-16.
 */
@NullMarked
package dev.webtransport.testkit.trace;

import org.jspecify.annotations.NullMarked;
