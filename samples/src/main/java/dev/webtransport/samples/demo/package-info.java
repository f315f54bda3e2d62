/** The demo: client and server in one process, and the same from a web page. */
@NullMarked
package dev.webtransport.samples.demo;

import org.jspecify.annotations.NullMarked;
