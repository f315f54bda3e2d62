/**
 * What goes wrong on purpose, as values ({@link dev.webtransport.testkit.fault.Fault}). The network simulation carries them
 * out.
 *
 * <p>Java. May use {@code quic} of the kit and {@code value} of the core; must never use anything that runs.
 */
@NullMarked
package dev.webtransport.testkit.fault;

import org.jspecify.annotations.NullMarked;
