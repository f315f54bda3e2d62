/**
 * What {@code wt soak} does: everything at once for a long time, from a seed, and then a look at what has grown. A seed settles
 * what is done in which order; how it falls together in time is never twice the same.
 */
@NullMarked
package dev.webtransport.samples.soak;

import org.jspecify.annotations.NullMarked;
