package dev.webtransport.testkit.junit;

import org.opentest4j.AssertionFailedError;

/** What a test waited for did not happen, and will not. */
final class StillWaitingError extends AssertionFailedError {
    private static final long serialVersionUID = 1;

    StillWaitingError(String message) {
        super(message);
    }
}
