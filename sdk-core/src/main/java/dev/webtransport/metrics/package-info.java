/**
 * Counters for Micrometer. Optional: this package alone needs {@code io.micrometer:micrometer-core}, and nothing else of the SDK
 * needs this package.
 */
@NullMarked
package dev.webtransport.metrics;

import org.jspecify.annotations.NullMarked;
