package dev.webtransport.samples.bench;

import java.util.Arrays;

/** The first word of each line that a {@link PeerMain} prints. */
enum PeerLine {
    /** A server is there: URL, hash, engine. */
    LISTENING,
    /** A {@link Weight}; of a client with the moment, and it waits for a line then. */
    WEIGHT,
    /** A {@link Metric} and its value. */
    FIGURE,
    /** How much is done, of how much. */
    PROGRESS,
    /** The workload is done. */
    DONE,
    /** An {@link dev.webtransport.samples.cli.ExitStatus} and what happened. The process ends. */
    FAILED;

    /** Whether a line begins with one of these. */
    static boolean begins(String line) {
        return Arrays.stream(values()).anyMatch(kind -> line.startsWith(kind + " "));
    }
}
