/** The {@code wt} command line. */
@NullMarked
package dev.webtransport.samples.cli;

import org.jspecify.annotations.NullMarked;
