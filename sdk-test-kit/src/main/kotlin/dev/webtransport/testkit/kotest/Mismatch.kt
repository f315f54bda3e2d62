package dev.webtransport.testkit.kotest

import dev.webtransport.error.SessionException
import dev.webtransport.error.StreamResetException
import dev.webtransport.testkit.Awaited
import io.kotest.assertions.Actual
import io.kotest.assertions.AssertionErrorBuilder
import io.kotest.assertions.Expected
import io.kotest.assertions.print.Printed

/** What is thrown where [actual] was there instead of [expected]; tools that know how show the two side by side. */
internal fun mismatch(subject: String, expected: String, actual: String, cause: Throwable? = null): AssertionError {
    return AssertionErrorBuilder
        .create()
        .withMessage("$subject: expected $expected, but there was $actual\n")
        .withValues(Expected(Printed(expected)), Actual(Printed(actual)))
        .withCause(cause)
        .build()
}

/** The same where what was waited for did not come. */
internal fun mismatch(subject: String, expected: String, instead: Awaited<*>, before: String = ""): AssertionError {
    return when (instead) {
        is Awaited.Came -> mismatch(subject, expected, before + instead.value)
        is Awaited.Failed -> mismatch(subject, expected, before + describe(instead.failure), instead.failure)
        is Awaited.Missing -> mismatch(subject, expected, "$before$instead")
    }
}

private const val SESSION_GONE = "a reset that tells of the end of the session"

private fun describe(failure: Exception): String {
    return when (failure) {
        is StreamResetException -> if (failure.sessionGone()) SESSION_GONE else "a reset with ${describeCode(failure.errorCode)}"
        is SessionException -> "the end of the session: ${failure.message}"
        else -> "a failure: ${failure.message ?: failure}"
    }
}

/** A code of an application, which not every code on the wire is. */
internal fun describeCode(code: Long?): String = if (code == null) "no code of an application" else "code $code"
