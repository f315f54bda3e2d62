package dev.webtransport.samples.bench.raw;

/** The first byte of each bidirectional stream: what the server does with the rest. */
final class Command {
    /** Sends it back. */
    static final byte ECHO = 'e';
    /** Answers with its checksum. */
    static final byte SINK = 's';
    /** Reads a decimal number, and answers with so many bytes. */
    static final byte SOURCE = 'p';
    /** Answers with the same byte, counts datagrams from then on, and answers with the tally after the end of the stream. */
    static final byte COUNT = 'c';

    /** How long no datagram must have arrived before the tally is told. */
    static final long QUIET_MILLIS = 200;

    /** No answer but an echo is longer. */
    static final int LONGEST_ANSWER = 100;

    private Command() {}
}
