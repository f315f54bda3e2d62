package dev.webtransport.testkit.kotest

import dev.webtransport.testkit.trace.Trace
import dev.webtransport.testkit.trace.Transcript

/**
 * Asserts that the trace holds these lines in this order, as [Trace.assertContainsInOrder] does: any others may stand between
 * them, and `*` stands for any characters.
 *
 * What is on its way is not in the trace yet; [eventually] waits for it.
 *
 * @throws AssertionError with what is missing, and the lines around its place
 */
public infix fun Trace.shouldContainInOrder(lines: String): Unit = assertContainsInOrder(lines)

/** The same for lines that were filtered. */
public infix fun Transcript.shouldContainInOrder(lines: String): Unit = assertContainsInOrder(lines)

/**
 * Asserts that the trace is as expected from the first line to the last, as [Trace.assertMatches] does: `...` stands for any
 * lines, `*` for any characters.
 *
 * @throws AssertionError with the difference
 */
public infix fun Trace.shouldMatch(lines: String): Unit = assertMatches(lines)

/** The same for lines that were filtered. */
public infix fun Transcript.shouldMatch(lines: String): Unit = assertMatches(lines)

/**
 * Asserts that the two traces say the same, line by line, as [Trace.assertSameAs] does.
 *
 * @throws AssertionError with the first difference
 */
public infix fun Trace.shouldBeSameAs(expected: Trace): Unit = assertSameAs(expected)
