/** One idea in each package below: the SDK in use. */
@NullMarked
package dev.webtransport.samples;

import org.jspecify.annotations.NullMarked;
