/**
 * Counters for Micrometer. Optional: this package alone needs {@code io.micrometer:micrometer-core}, and nothing else of the SDK
 * needs this package.
 *
 * <p>Floor 6. Sees only {@code value}: the snapshots that clients and servers give.
 */
@NullMarked
package dev.webtransport.metrics;

import org.jspecify.annotations.NullMarked;
