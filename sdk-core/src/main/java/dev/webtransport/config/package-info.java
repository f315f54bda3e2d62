/**
 * Immutable settings of clients, servers, sessions, datagrams and TLS, built and validated by builders.
 *
 * <p>Floor 2. May use {@code error}, {@code value} and the JDK; never Kotlin, threads, clocks or sockets other than
 * addresses. Every setter states unit, default and, where it matters, the memory it may cost.
 */
@NullMarked
package dev.webtransport.config;

import org.jspecify.annotations.NullMarked;
