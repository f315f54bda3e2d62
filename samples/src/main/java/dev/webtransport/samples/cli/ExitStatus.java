package dev.webtransport.samples.cli;

import dev.webtransport.error.RequirementsNotMetException;
import dev.webtransport.error.SessionException;
import dev.webtransport.error.SessionRejectedException;
import dev.webtransport.error.TransportUnavailableException;
import dev.webtransport.transport.QuicCloseReason;
import dev.webtransport.transport.QuicConnectionException;
import org.jspecify.annotations.Nullable;

/** What {@code wt} tells the shell when it ends. These numbers are part of the command line's promise. */
public final class ExitStatus {
    /** Everything went well; also after Ctrl-C, which is how a server is meant to end. */
    public static final int OK = 0;
    /** A step failed, a file or port could not be used, or something unforeseen happened. */
    public static final int FAILED = 1;
    /** The command line was not understood: unknown flag, malformed URL or value. */
    public static final int USAGE = 2;
    /** No connection: unknown host, nobody listens, UDP blocked, or the QUIC engine cannot run here. */
    public static final int UNREACHABLE = 3;
    /** The server's certificate is not trusted, or TLS failed otherwise. */
    public static final int UNTRUSTED = 4;
    /** The server answered with an HTTP status that refuses the session. */
    public static final int REJECTED = 5;
    /** The server speaks HTTP/3, but not WebTransport. */
    public static final int UNSUPPORTED = 6;
    /** The session was not closed but lost. */
    public static final int LOST = 7;

    private ExitStatus() {}

    /**
     * The status that tells of a failure.
     *
     * @param failure what ended the command
     * @return its status
     */
    public static int of(Throwable failure) {
        if (failure instanceof CommandFailure ours) {
            return ours.exitStatus();
        } else if (failure instanceof SessionRejectedException) {
            return REJECTED;
        } else if (failure instanceof RequirementsNotMetException) {
            return UNSUPPORTED;
        } else if (failure instanceof TransportUnavailableException) {
            return isAboutTrust(failure) ? UNTRUSTED : UNREACHABLE;
        } else if (failure instanceof SessionException) {
            return LOST;
        }
        return FAILED;
    }

    private static boolean isAboutTrust(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof QuicConnectionException quic && quic.getReason() instanceof QuicCloseReason.Tls) {
                return true;
            }
        }
        return false;
    }
}
