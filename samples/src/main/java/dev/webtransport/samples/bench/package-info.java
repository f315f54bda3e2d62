/**
 * The benchmarks behind {@code wt bench}: what is measured, the processes that do it, and what is made of the figures.
 *
 * <p>{@link dev.webtransport.samples.bench.BenchClient} and {@link dev.webtransport.samples.bench.BenchServer} are what is
 * measured; an implementation of both exists for the SDK and, below {@code raw}, for QUIC engines without it. Each end runs in
 * a process of its own ({@link dev.webtransport.samples.bench.PeerMain}) that {@link dev.webtransport.samples.bench.Bench}
 * starts and talks to by lines.
 */
@NullMarked
package dev.webtransport.samples.bench;

import org.jspecify.annotations.NullMarked;
