/** A server whose paths make a client's every capability visible: for browsers and for other implementations. */
@NullMarked
package dev.webtransport.samples.interop;

import org.jspecify.annotations.NullMarked;
