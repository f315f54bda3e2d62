/** Certificates for development, made with the JDK alone. */
@NullMarked
package dev.webtransport.samples.certificate;

import org.jspecify.annotations.NullMarked;
