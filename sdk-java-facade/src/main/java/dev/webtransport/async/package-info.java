/**
 * WebTransport for Java: clients, servers, sessions and streams whose waiting is a
 * {@link java.util.concurrent.CompletableFuture}.
 *
 * <p>Values, settings and exceptions are those of the core ({@code dev.webtransport.value}, {@code config}, {@code error});
 * this package adds no model of its own. Its handles are thin: what they promise is what the core's suspending interfaces
 * promise, and both may be used on the same client or server.
 *
 * <p><b>Failures.</b> A future fails with the SDK's own exception. What {@code join()} and dependent stages wrap around it
 * ({@link java.util.concurrent.CompletionException}) is {@code CompletableFuture}'s; the cause is ours. Misuse is
 * {@link java.lang.IllegalStateException} or {@link java.lang.IllegalArgumentException}, given through the future too.
 *
 * <p><b>Threads.</b> Futures complete on threads of the SDK, which also run connections: a dependent stage ({@code thenApply},
 * {@code thenCompose}, {@code whenComplete} ...) that computes long or blocks, {@code join()} included, delays sessions that
 * have nothing to do with it. Give such stages an executor of their own: {@code thenApplyAsync(function, executor)}.
 *
 * <p><b>Cancellation.</b> Cancelling a future, or completing it in any other way ({@code orTimeout}), ends that call's wait
 * and neither the session nor, unless the method says so, the stream. What the call was about to take is not lost: the next
 * call gets it. Cancelling a dependent stage does not cancel the future it depends on.
 *
 * <p>May use {@code value}, {@code error}, {@code config}, {@code session}, {@code client} and {@code server} of the core;
 * never {@code engine}, {@code runtime} or, but for the mark of its SPI, {@code transport}. Only {@code Calls} knows continuations. Specification: W3C
 * WebTransport.
 */
@NullMarked
package dev.webtransport.async;

import org.jspecify.annotations.NullMarked;
