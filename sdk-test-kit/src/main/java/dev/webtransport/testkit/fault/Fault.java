package dev.webtransport.testkit.fault;

import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.value.Perspective;

/**
 * One thing that goes wrong on purpose, as a value: given to a simulated network before a test or in the midst of it. Each
 * applies to every connection of that network, and counts on each connection for itself.
 */
public sealed interface Fault {
    /**
     * Loses one datagram.
     *
     * @param direction which way it goes
     * @param number which one, 1 for the first
     * @return the fault
     */
    static Fault dropDatagram(Direction direction, int number) {
        return new DropDatagram(direction, number);
    }

    /**
     * Delivers one datagram twice.
     *
     * @param direction which way it goes
     * @param number which one, 1 for the first
     * @return the fault
     */
    static Fault duplicateDatagram(Direction direction, int number) {
        return new DuplicateDatagram(direction, number);
    }

    /**
     * The sender's engine abandons a stream behind a given number of bytes, which still arrive and are read (RESET_STREAM_AT). The
     * bytes count from the beginning of the QUIC stream, so with the preamble of a session's stream.
     *
     * @param direction which half of the stream
     * @param streamId the stream
     * @param afterBytes how many bytes still arrive; 0 for a reset without bytes before it
     * @param errorCode the code of RESET_STREAM, as it is on the wire
     * @return the fault
     */
    static Fault resetStream(Direction direction, long streamId, long afterBytes, long errorCode) {
        return new ResetStream(direction, streamId, afterBytes, errorCode);
    }

    /**
     * One end reads no more of a stream: bytes arrive there and nobody takes them, until the fault is lifted. The peer runs
     * out of credit.
     *
     * @param reader which end
     * @param streamId the stream
     * @return the fault
     */
    static Fault stopReading(Perspective reader, long streamId) {
        return new StopReading(reader, streamId);
    }

    /**
     * Holds back MAX_DATA, MAX_STREAM_DATA and MAX_STREAMS, until the fault is lifted.
     *
     * @param direction which way the credit goes
     * @return the fault
     */
    static Fault withholdCredit(Direction direction) {
        return new WithholdCredit(direction);
    }

    /**
     * One end closes the connection in the moment in which a given number of bytes of streams have arrived.
     *
     * @param direction which way the bytes go
     * @param bytes of all streams together, those of HTTP/3 too; the last one still arrives
     * @param closer which end closes
     * @param errorCode the application error code
     * @param reason the reason phrase
     * @return the fault
     */
    static Fault closeAtByte(Direction direction, long bytes, Perspective closer, long errorCode, String reason) {
        return new CloseConnection(direction, Unit.BYTES, bytes, closer, errorCode, reason);
    }

    /**
     * One end closes the connection in the moment in which a given number of frames have arrived; ACK and PING do not count.
     *
     * @param direction which way the frames go
     * @param frames how many; the last one still arrives
     * @param closer which end closes
     * @param errorCode the application error code
     * @param reason the reason phrase
     * @return the fault
     */
    static Fault closeAtFrame(Direction direction, long frames, Perspective closer, long errorCode, String reason) {
        return new CloseConnection(direction, Unit.FRAMES, frames, closer, errorCode, reason);
    }

    /**
     * Hands out the bytes of every stream one at a time: whoever parses them meets every split there is.
     *
     * @param direction which way the bytes go
     * @return the fault
     */
    static Fault oneByteAtATime(Direction direction) {
        return new OneByteAtATime(direction);
    }

    /**
     * Delivers one end's bytes before the other's: what goes the opposite way waits until a byte of a stream has arrived in
     * this direction, or for ever if none does.
     *
     * @param direction which way goes first
     * @return the fault
     */
    static Fault deliverFirst(Direction direction) {
        return new DeliverFirst(direction);
    }

    /**
     * Lets one stream overtake all others: the rest of its direction waits until a frame of this stream has arrived, or for
     * ever if none does.
     *
     * @param direction which way
     * @param streamId the stream
     * @return the fault
     */
    static Fault deliverStreamFirst(Direction direction, long streamId) {
        return new DeliverStreamFirst(direction, streamId);
    }

    /** What a {@link CloseConnection} counts. */
    enum Unit {
        /** Bytes of streams. */
        BYTES,
        /** Frames but ACK and PING. */
        FRAMES
    }

    /** See {@link Fault#dropDatagram}. */
    final class DropDatagram extends Datagrams implements Fault {
        private DropDatagram(Direction direction, int number) {
            super(direction, number);
        }

        @Override
        public String toString() {
            return "drop datagram " + number() + " of " + direction();
        }
    }

    /** See {@link Fault#duplicateDatagram}. */
    final class DuplicateDatagram extends Datagrams implements Fault {
        private DuplicateDatagram(Direction direction, int number) {
            super(direction, number);
        }

        @Override
        public String toString() {
            return "duplicate datagram " + number() + " of " + direction();
        }
    }

    /** See {@link Fault#resetStream}. */
    final class ResetStream extends OneStream implements Fault {
        private final long afterBytes;
        private final long errorCode;

        private ResetStream(Direction direction, long streamId, long afterBytes, long errorCode) {
            super(direction, streamId);
            this.afterBytes = Arguments.atLeast("afterBytes", afterBytes, 0);
            this.errorCode = Arguments.atLeast("errorCode", errorCode, 0);
        }

        /**
         * How many bytes still arrive.
         *
         * @return the number of bytes
         */
        public long afterBytes() {
            return afterBytes;
        }

        /**
         * The code on the wire.
         *
         * @return the code
         */
        public long errorCode() {
            return errorCode;
        }

        @Override
        public String toString() {
            return "reset stream " + streamId() + " of " + direction() + " after " + afterBytes + " bytes with 0x"
                    + Long.toHexString(errorCode);
        }
    }

    /** See {@link Fault#stopReading}. */
    final class StopReading implements Fault {
        private final Perspective reader;
        private final long streamId;

        private StopReading(Perspective reader, long streamId) {
            this.reader = reader;
            this.streamId = Arguments.atLeast("streamId", streamId, 0);
        }

        /**
         * Which end stops.
         *
         * @return the end
         */
        public Perspective reader() {
            return reader;
        }

        /**
         * The stream.
         *
         * @return the id
         */
        public long streamId() {
            return streamId;
        }

        @Override
        public String toString() {
            return "the " + reader + " stops reading stream " + streamId;
        }
    }

    /** See {@link Fault#withholdCredit}. */
    final class WithholdCredit extends Directed implements Fault {
        private WithholdCredit(Direction direction) {
            super(direction);
        }

        @Override
        public String toString() {
            return "withhold credit of " + direction();
        }
    }

    /** See {@link Fault#closeAtByte} and {@link Fault#closeAtFrame}. */
    final class CloseConnection extends Directed implements Fault {
        private final Unit unit;
        private final long count;
        private final Perspective closer;
        private final long errorCode;
        private final String reason;

        private CloseConnection(
                Direction direction, Unit unit, long count, Perspective closer, long errorCode, String reason) {
            super(direction);
            this.unit = unit;
            this.count = Arguments.atLeast("count", count, 1);
            this.closer = closer;
            this.errorCode = Arguments.atLeast("errorCode", errorCode, 0);
            this.reason = reason;
        }

        /**
         * What is counted.
         *
         * @return the unit
         */
        public Unit unit() {
            return unit;
        }

        /**
         * How many arrive before the close.
         *
         * @return the number
         */
        public long count() {
            return count;
        }

        /**
         * Which end closes.
         *
         * @return the end
         */
        public Perspective closer() {
            return closer;
        }

        /**
         * The application error code.
         *
         * @return the code
         */
        public long errorCode() {
            return errorCode;
        }

        /**
         * The reason phrase.
         *
         * @return the text
         */
        public String reason() {
            return reason;
        }

        @Override
        public String toString() {
            return "the " + closer + " closes with 0x" + Long.toHexString(errorCode) + " after " + count + " " + unit
                    + " of " + direction();
        }
    }

    /** See {@link Fault#oneByteAtATime}. */
    final class OneByteAtATime extends Directed implements Fault {
        private OneByteAtATime(Direction direction) {
            super(direction);
        }

        @Override
        public String toString() {
            return "one byte at a time of " + direction();
        }
    }

    /** See {@link Fault#deliverFirst}. */
    final class DeliverFirst extends Directed implements Fault {
        private DeliverFirst(Direction direction) {
            super(direction);
        }

        @Override
        public String toString() {
            return "deliver " + direction() + " first";
        }
    }

    /** See {@link Fault#deliverStreamFirst}. */
    final class DeliverStreamFirst extends OneStream implements Fault {
        private DeliverStreamFirst(Direction direction, long streamId) {
            super(direction, streamId);
        }

        @Override
        public String toString() {
            return "deliver stream " + streamId() + " of " + direction() + " first";
        }
    }
}
