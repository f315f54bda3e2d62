/** As much JSON (RFC 8259) as the samples need. */
@NullMarked
package dev.webtransport.samples.json;

import org.jspecify.annotations.NullMarked;
