package dev.webtransport.samples.cli;

import org.jspecify.annotations.Nullable;

/** Ends a command with one line on standard error and an {@link ExitStatus}. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitStatus;

    /**
     * A failure.
     *
     * @param exitStatus one of {@link ExitStatus}
     * @param message what happened and what to do, in one line
     * @param cause what led to it, shown with {@code -v}
     */
    public CommandFailure(int exitStatus, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitStatus = exitStatus;
    }

    /** What the shell is told. @return the status */
    public int exitStatus() {
        return exitStatus;
    }
}
