package dev.webtransport.testkit.engine;

import dev.webtransport.value.Perspective;
import org.jspecify.annotations.Nullable;

/** One direction of one stream: what was done to it at both ends, and what they may say of it. */
final class HalfModel {
    private static final long NONE = -1;

    private final long streamId;
    private final Perspective sendingEnd;
    private @Nullable EngineStream sender;
    private @Nullable EngineStream receiver;
    private long written;
    private long read;
    private long resetCode = NONE;
    private long stopCode = NONE;
    private @Nullable StreamEnd sendEnd;
    private @Nullable StreamEnd receiveEnd;

    /** Whether the receiving end has little room for streams that come before their session. */
    private final boolean mayBeRefused;

    HalfModel(long streamId, Perspective sendingEnd, boolean mayBeRefused) {
        this.streamId = streamId;
        this.sendingEnd = sendingEnd;
        this.mayBeRefused = mayBeRefused;
    }

    static long key(long streamId, Perspective sendingEnd) {
        return streamId * 2 + sendingEnd.ordinal();
    }

    private long key() {
        return key(streamId, sendingEnd);
    }

    // ---- what happens

    void isSentBy(EngineStream stream) {
        sender = stream;
    }

    void isReceivedBy(EngineStream stream) {
        receiver = stream;
    }

    int write(EngineStream stream, int count) {
        int taken = stream.write(Payload.of(key(), written, count));
        written += taken;
        return taken;
    }

    void reset(EngineStream stream, long code) {
        boolean open = stream.sendEnd() == null;
        stream.reset(code);
        if (open && stream.sendEnd() != null && stream.sendEnd().kind() == StreamEnd.Kind.RESET) {
            resetCode = code;
        }
    }

    void stop(EngineStream stream, long code) {
        if (stream.receiveEnd() == null) {
            stopCode = code;
            stream.stopSending(code);
        }
    }

    int read(EngineStream stream, int max) {
        byte[] bytes = stream.read(max);
        for (byte one : bytes) {
            Invariant.BYTES.require(read < written, () -> this + " gives more than was written");
            byte expected = Payload.at(key(), read);
            Invariant.BYTES.require(
                    one == expected,
                    () -> this + " gives 0x" + Integer.toHexString(one & 0xff) + " at " + read + " instead of 0x"
                            + Integer.toHexString(expected & 0xff));
            read++;
        }
        return bytes.length;
    }

    // ---- what must be so

    /** After every command. */
    void check() {
        checkOnce();
        if (receiveEnd != null) {
            checkReceiveEnd(receiveEnd);
        }
        if (sendEnd != null) {
            checkSendEnd(sendEnd);
        }
    }

    private void checkOnce() {
        StreamEnd sending = sender == null ? null : sender.sendEnd();
        StreamEnd receiving = receiver == null ? null : receiver.receiveEnd();
        Invariant.STREAM_END.require(
                sendEnd == null || sendEnd.equals(sending), () -> this + " ends again: " + sending);
        Invariant.STREAM_END.require(
                receiveEnd == null || receiveEnd.equals(receiving), () -> this + " ends again: " + receiving);
        sendEnd = sending;
        receiveEnd = receiving;
    }

    private void checkReceiveEnd(StreamEnd end) {
        switch (end.kind()) {
            case FIN -> {
                Invariant.BYTES.require(
                        read == written, () -> this + " looks whole: " + read + " bytes of " + written + " were read");
                Invariant.STREAM_END.require(
                        StreamEnd.FIN.equals(sendEnd), () -> this + " ends with FIN, but its sender says " + sendEnd);
            }
            case RESET ->
                Invariant.STREAM_END.require(
                        resetCode != NONE && end.equals(StreamEnd.reset(resetCode)),
                        () -> this + " ends with " + end + " but was reset with " + resetCode);
            case REFUSED ->
                Invariant.STREAM_END.require(sender == null, () -> this + " was refused by who has it: " + sender);
            default -> {
                // STOPPED is this end's own doing, and CUT is looked at with the session.
            }
        }
    }

    private void checkSendEnd(StreamEnd end) {
        if (end.kind() == StreamEnd.Kind.STOPPED) {
            Invariant.STREAM_END.require(
                    stopCode != NONE && end.equals(StreamEnd.stopped(stopCode)),
                    () -> this + " ends with " + end + " but was stopped with " + stopCode);
        } else if (end.kind() == StreamEnd.Kind.REFUSED) {
            Invariant.STREAM_END.require(receiver == null, () -> this + " was refused by who has it: " + receiver);
        }
    }

    /** Everything was read that can be, and the session goes on: nothing may be on its way any more. */
    void checkRest() {
        if (sender == null) {
            return;
        }
        boolean shown = written > 0 || sender.isFinishing();
        boolean cut = isKind(sendEnd, StreamEnd.Kind.REFUSED) || isKind(sendEnd, StreamEnd.Kind.RESET);
        if (!shown || cut || isKind(receiveEnd, StreamEnd.Kind.STOPPED)) {
            return;
        }
        Invariant.STREAM_END.require(
                !isKind(sendEnd, StreamEnd.Kind.CUT), () -> this + " is cut while its session lives");
        Invariant.STREAM_END.require(
                !isKind(receiveEnd, StreamEnd.Kind.CUT), () -> this + " is cut while its session lives");
        if (receiver == null && mayBeRefused && isKind(sendEnd, StreamEnd.Kind.FIN)) {
            // Refused when all of it was there: then nobody tells the sender.
            return;
        }
        Invariant.PROGRESS.require(receiver != null, () -> this + " never arrives");
        if (!isKind(sendEnd, StreamEnd.Kind.STOPPED)) {
            Invariant.PROGRESS.require(read == written, () -> this + " gave " + read + " bytes of " + written);
        }
        if (sender.isFinishing()) {
            Invariant.PROGRESS.require(sendEnd != null && receiveEnd != null, () -> this + " never ends");
        }
    }

    /** The connection is over: each half that an end has must have ended there. */
    void checkOver() {
        Invariant.STREAM_END.require(sender == null || sendEnd != null, () -> this + " never ended for its sender");
        Invariant.STREAM_END.require(
                receiver == null || receiveEnd != null, () -> this + " never ended for its receiver");
    }

    private static boolean isKind(@Nullable StreamEnd end, StreamEnd.Kind kind) {
        return end != null && end.kind() == kind;
    }

    @Override
    public String toString() {
        return "what the " + sendingEnd + " sends on stream " + streamId;
    }
}
