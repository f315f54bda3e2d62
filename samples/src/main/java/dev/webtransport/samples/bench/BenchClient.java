package dev.webtransport.samples.bench;

import java.io.IOException;
import java.util.function.IntConsumer;

/**
 * An end that connects and works against a server of its kind, each thing in the way that is natural and fast for the
 * implementation. Every call returns when the work is done, and throws when an answer was wrong. Connecting is not part of
 * what is timed, except in {@link #connect}. One thread calls.
 */
public interface BenchClient extends AutoCloseable {
    /**
     * Sends streams at once, each answered with what the server counted.
     *
     * @param streams how many
     * @param bytes of each
     * @return nanoseconds until the last answer
     * @throws Exception if it failed
     */
    long upload(int streams, long bytes) throws Exception;

    /**
     * Receives one stream.
     *
     * @param bytes of it
     * @return nanoseconds until its end
     * @throws Exception if it failed
     */
    long download(long bytes) throws Exception;

    /**
     * Has messages echoed, one after another.
     *
     * @param count how many
     * @param bytes of each
     * @param streams whether each has a stream
     * @return nanoseconds that each took
     * @throws Exception if it failed
     */
    long[] request(int count, int bytes, StreamUse streams) throws Exception;

    /** On which stream a request goes. */
    enum StreamUse {
        /** A new one for each. */
        FRESH,
        /** The same for all. */
        SAME
    }

    /**
     * Has datagrams echoed, one after another. One that does not come back within a second is left out.
     *
     * @param count how many
     * @param bytes of each, 4 at least: each begins with its number
     * @return nanoseconds that each took
     * @throws Exception if it failed
     */
    long[] datagramRoundTrips(int count, int bytes) throws Exception;

    /** Whether the server counts datagrams, so that {@link #datagrams} can be asked. @return true, unless overridden */
    default boolean countsDatagrams() {
        return true;
    }

    /**
     * Sends datagrams as fast as they go, and asks the server what arrived.
     *
     * @param count how many
     * @param bytes of each, which begins with its number
     * @return what arrived
     * @throws Exception if it failed
     */
    Arrivals datagrams(int count, int bytes) throws Exception;

    /**
     * What a server got of datagrams.
     *
     * @param received how many different ones
     * @param duplicates how many came again
     * @param bytes of the different ones
     * @param nanos from the first to the last
     */
    record Arrivals(int received, int duplicates, long bytes, long nanos) {
        /**
         * Reads what {@link DatagramTally} says.
         *
         * @param text its words
         * @return the numbers
         */
        public static Arrivals parse(String text) {
            String[] words = text.split(" ");
            return new Arrivals(
                    Integer.parseInt(words[0]),
                    Integer.parseInt(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3]));
        }
    }

    /**
     * Connects until ready and closes, many at once, each on a connection of its own.
     *
     * @param count how often in all
     * @param atOnce how many go on at the same time
     * @return how long all took, and each until it was ready
     * @throws Exception if it failed
     */
    Connects connect(int count, int atOnce) throws Exception;

    /**
     * Connects.
     *
     * @param total nanoseconds for all
     * @param untilReady nanoseconds of each
     */
    record Connects(long total, long[] untilReady) {}

    /**
     * Has streams echoed, all at once.
     *
     * @param streams how many
     * @param bytes of each
     * @return nanoseconds until the last came back
     * @throws Exception if it failed
     */
    long echoAtOnce(int streams, int bytes) throws Exception;

    /**
     * Opens sessions that do nothing until this client is closed, each on a connection of its own.
     *
     * @param count how many
     * @param opened told how many there are
     * @throws Exception if it failed
     */
    void openIdle(int count, IntConsumer opened) throws Exception;

    /**
     * Has many short streams of one session echoed, in several parts.
     *
     * @param parts how many streams in each
     * @param atOnce how many are open at the same time
     * @param bytes of each
     * @param steps what happens besides
     * @return nanoseconds of all parts together
     * @throws Exception if it failed
     */
    long shortStreams(int[] parts, int atOnce, int bytes, Steps steps) throws Exception;

    /** What a long workload reports. */
    interface Steps {
        /**
         * Some are done.
         *
         * @param count how many so far
         */
        void done(int count);

        /**
         * A part is done; the clock stands still until this returns.
         *
         * @param part which, from 0
         * @throws Exception if there is no going on
         */
        void partDone(int part) throws Exception;
    }

    @Override
    void close() throws IOException;
}
