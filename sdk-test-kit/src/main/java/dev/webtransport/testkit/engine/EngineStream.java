package dev.webtransport.testkit.engine;

import dev.webtransport.engine.SessionFlow;
import dev.webtransport.error.ApplicationErrorCode;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.flow.CreditKind;
import dev.webtransport.flow.SendCredit;
import dev.webtransport.testkit.quic.EndpointStream;
import dev.webtransport.testkit.quic.ReceiveHalf;
import dev.webtransport.testkit.quic.SendHalf;
import dev.webtransport.transport.QuicConnectionException;
import dev.webtransport.transport.QuicStreamResetException;
import dev.webtransport.transport.QuicStreamStoppedException;
import dev.webtransport.value.StreamType;
import dev.webtransport.wire.BufferCursor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A stream of a session as one end of a pair has it. Nothing waits: what cannot be done now is done in part, or not at all,
 * and answers say so. What is sent travels with the next step of the pair.
 */
public final class EngineStream {
    private static final byte[] NOTHING = new byte[0];

    private final EngineEnd end;
    private final EndpointStream quic;
    private final long sessionId;
    private final boolean opened;
    private final @Nullable SendHalf sendHalf;
    private final @Nullable ReceiveHalf receiveHalf;

    /** What must go ahead of the first byte. */
    private final @Nullable ByteBuffer preamble;

    /** What came along with the peer's preamble. */
    private @Nullable ByteBuffer early;

    /** The credit of the session; null without flow control. */
    private final @Nullable SessionFlow flow;

    private boolean finishing;
    private @Nullable StreamEnd sendEnd;
    private @Nullable StreamEnd receiveEnd;

    private EngineStream(
            EngineEnd end,
            EndpointStream quic,
            long sessionId,
            boolean opened,
            @Nullable ByteBuffer preamble,
            @Nullable ByteBuffer early) {
        boolean both = quic.type() == StreamType.BIDIRECTIONAL;
        this.end = end;
        this.quic = quic;
        this.sessionId = sessionId;
        this.opened = opened;
        this.sendHalf = both || opened ? quic.send() : null;
        this.receiveHalf = both || !opened ? quic.receive() : null;
        this.preamble = preamble;
        this.early = early;
        this.flow = end.engine().flow(sessionId);
        if (flow != null && early != null) {
            settleIf(flow.handleArrived(early.remaining()));
        }
    }

    static EngineStream opened(EngineEnd end, EndpointStream quic, long sessionId, ByteBuffer preamble) {
        return new EngineStream(end, quic, sessionId, true, preamble, null);
    }

    static EngineStream incoming(EngineEnd end, EndpointStream quic, long sessionId, @Nullable ByteBuffer early) {
        return new EngineStream(end, quic, sessionId, false, null, early);
    }

    /**
     * The QUIC stream id.
     *
     * @return the id
     */
    public long id() {
        return quic.id();
    }

    /**
     * The session it belongs to.
     *
     * @return the session id
     */
    public long sessionId() {
        return sessionId;
    }

    /**
     * Which kind it is.
     *
     * @return the type
     */
    public StreamType type() {
        return quic.type();
    }

    /**
     * Who opened it.
     *
     * @return true if this end did
     */
    public boolean isOpened() {
        return opened;
    }

    // ---- sending

    /**
     * Whether this end sends on it.
     *
     * @return false on a unidirectional stream of the peer
     */
    public boolean canSend() {
        return sendHalf != null;
    }

    /**
     * Whether more can be written: neither finished nor ended.
     *
     * @return false on a unidirectional stream of the peer too
     */
    public boolean isWritable() {
        return sendHalf != null && sendEnd == null && !finishing;
    }

    /**
     * How the sending half ended. FIN counts once it has left, not while it waits for credit behind the bytes.
     *
     * @return the end; null while there is none, and on a unidirectional stream of the peer
     */
    public @Nullable StreamEnd sendEnd() {
        return sendEnd;
    }

    /**
     * Whether {@link #finish} was called, and nothing has overruled it.
     *
     * @return true from then on
     */
    public boolean isFinishing() {
        return finishing;
    }

    /**
     * Writes what the send buffer and the credit of the session take. Where it is the credit that ends, the peer is told.
     *
     * @param data its position moves over what is taken
     * @return how many bytes, perhaps none; see {@link #sendEnd()} for why there is no room any more
     * @throws IllegalStateException if this end does not send here, or has ended it
     */
    public int write(ByteBuffer data) {
        SendHalf half = requireWritable("write");
        int count = 0;
        try {
            if (sendPreamble(half)) {
                count = flow != null && end.tampering().countsCredit(this)
                        ? writeOnCredit(half, data, flow.toUse(CreditKind.DATA))
                        : half.write(data);
            }
        } catch (QuicStreamStoppedException stopped) {
            noticeStop();
        } catch (QuicConnectionException gone) {
            endSend(StreamEnd.CUT);
        }
        end.settle();
        return count;
    }

    private int writeOnCredit(SendHalf half, ByteBuffer data, SendCredit credit)
            throws QuicStreamStoppedException, QuicConnectionException {
        long taken = credit.take(data.remaining());
        int count = 0;
        try {
            count = half.write(BufferCursor.peek(data, (int) taken));
        } finally {
            credit.giveBack(taken - count);
        }
        BufferCursor.advance(data, count);
        if (data.hasRemaining()) {
            end.sayBlocked(sessionId, credit);
        }
        return count;
    }

    private void settleIf(boolean due) {
        if (due) {
            end.engine().settleCredit(sessionId);
        }
    }

    /** What came along with the preamble is asked for, or given up. */
    private void takeEarly(int count) {
        if (flow != null) {
            settleIf(flow.handleTaken(count));
        }
    }

    private void abandon() {
        if (flow != null) {
            settleIf(flow.handleAbandoned());
        }
    }

    /**
     * Ends the sending half behind what was written: FIN.
     *
     * @throws IllegalStateException if this end does not send here, or has ended it
     */
    public void finish() {
        SendHalf half = requireWritable("finish");
        finishing = true;
        try {
            // The buffer is empty before the preamble, and larger than it: all of it finds room.
            sendPreamble(half);
            if (end.tampering().finishes(this)) {
                half.finish();
            }
        } catch (QuicStreamStoppedException stopped) {
            noticeStop();
        } catch (QuicConnectionException gone) {
            endSend(StreamEnd.CUT);
        }
        end.settle();
    }

    /**
     * Abandons the sending half: RESET_STREAM. Nothing happens when it has ended.
     *
     * @param errorCode 0 to 2^32-1
     * @throws IllegalStateException if this end does not send here
     */
    public void reset(long errorCode) {
        SendHalf half = requireSending("reset");
        long wireCode = ApplicationErrorCode.toHttp3(errorCode);
        if (sendEnd == null) {
            finishing = false;
            half.reset(end.tampering().wireCode(this, wireCode));
            endSend(StreamEnd.reset(errorCode));
            end.settle();
        }
    }

    // ---- receiving

    /**
     * Whether this end receives on it.
     *
     * @return false on a unidirectional stream of this end
     */
    public boolean canReceive() {
        return receiveHalf != null;
    }

    /**
     * How the receiving half ended. An end of the peer is noticed by {@link #read}, behind the bytes ahead of it.
     *
     * @return the end; null while there is none, and on a unidirectional stream of this end
     */
    public @Nullable StreamEnd receiveEnd() {
        return receiveEnd;
    }

    /**
     * Reads what has arrived.
     *
     * @param max how many bytes at most, at least 1
     * @return the bytes, perhaps none: then {@link #receiveEnd()} tells whether that is for ever, and only
     *     {@link StreamEnd.Kind#FIN} means that nothing is missing
     * @throws IllegalStateException if this end does not receive here
     */
    public byte[] read(int max) {
        ReceiveHalf half = requireReceiving("read");
        byte[] bytes = receiveEnd == null ? readNow(half, max) : NOTHING;
        end.settle();
        return bytes;
    }

    /**
     * Refuses what has not been read: STOP_SENDING. Nothing happens when the half has ended.
     *
     * @param errorCode 0 to 2^32-1
     * @throws IllegalStateException if this end does not receive here
     */
    public void stopSending(long errorCode) {
        ReceiveHalf half = requireReceiving("stopSending");
        long wireCode = ApplicationErrorCode.toHttp3(errorCode);
        if (receiveEnd == null) {
            half.stopSending(end.tampering().wireCode(this, wireCode));
            if (early != null) {
                takeEarly(early.remaining());
            }
            abandon();
            endReceive(StreamEnd.stopped(errorCode));
            end.settle();
        }
    }

    /**
     * Whether both halves have ended at this end.
     *
     * @return true at the end
     */
    public boolean isOver() {
        return (sendHalf == null || sendEnd != null) && (receiveHalf == null || receiveEnd != null);
    }

    @Override
    public String toString() {
        return "stream " + id() + " of session " + sessionId
                + (sendHalf == null ? "" : ", sending " + (sendEnd == null ? "open" : sendEnd))
                + (receiveHalf == null ? "" : ", receiving " + (receiveEnd == null ? "open" : receiveEnd));
    }

    // ---- what the end does

    /** Looks whether QUIC has ended the sending half: by the peer's stop, or because FIN has left. */
    void noticeSendEnd() {
        SendHalf half = sendHalf;
        if (half == null || sendEnd != null || !half.isOver()) {
            return;
        }
        if (!noticeStop()) {
            try {
                half.throwIfCut();
                if (finishing) {
                    endSend(StreamEnd.FIN);
                }
            } catch (QuicConnectionException gone) {
                endSend(StreamEnd.CUT);
            }
        }
    }

    void cutSend(long wireCode) {
        if (sendHalf != null && sendEnd == null) {
            endSend(wireCode == Http3ErrorCode.WT_SESSION_GONE ? StreamEnd.CUT : StreamEnd.REFUSED);
        }
    }

    void cutReceive(long wireCode) {
        if (receiveHalf != null && receiveEnd == null) {
            endReceive(wireCode == Http3ErrorCode.WT_SESSION_GONE ? StreamEnd.CUT : StreamEnd.REFUSED);
        }
    }

    private boolean sendPreamble(SendHalf half) throws QuicStreamStoppedException, QuicConnectionException {
        if (preamble != null && preamble.hasRemaining()) {
            half.write(preamble);
        }
        return preamble == null || !preamble.hasRemaining();
    }

    private boolean noticeStop() {
        OptionalLong code = sendHalf == null ? OptionalLong.empty() : sendHalf.stopCode();
        if (code.isPresent() && sendEnd == null) {
            endSend(StreamEnd.byPeer(StreamEnd.Kind.STOPPED, code.getAsLong()));
        }
        return code.isPresent();
    }

    private byte[] readNow(ReceiveHalf half, int max) {
        if (early != null) {
            return end.tampering().payload(this, readEarly(early, max));
        }
        byte[] bytes = new byte[max];
        int count = 0;
        try {
            count = half.read(ByteBuffer.wrap(bytes));
            if (count < 0) {
                endReceive(StreamEnd.FIN);
            } else if (flow != null) {
                settleIf(flow.handleRead(count));
            }
        } catch (QuicStreamResetException reset) {
            endReceive(StreamEnd.byPeer(StreamEnd.Kind.RESET, reset.getErrorCode()));
            abandon();
        } catch (QuicConnectionException gone) {
            endReceive(StreamEnd.CUT);
        }
        return count <= 0 ? NOTHING : end.tampering().payload(this, Arrays.copyOf(bytes, count));
    }

    private byte[] readEarly(ByteBuffer waiting, int max) {
        byte[] bytes = new byte[Math.min(max, waiting.remaining())];
        waiting.get(bytes);
        takeEarly(bytes.length);
        if (!waiting.hasRemaining()) {
            early = null;
        }
        return bytes;
    }

    private void endSend(StreamEnd how) {
        sendEnd = how;
        if (end.tampering().tellsEnd(this)) {
            end.engine().sendEnded(id());
        }
    }

    private void endReceive(StreamEnd how) {
        receiveEnd = how;
        early = null;
        if (end.tampering().tellsEnd(this)) {
            end.engine().receiveEnded(id());
        }
    }

    private SendHalf requireSending(String what) {
        if (sendHalf == null) {
            throw new IllegalStateException(what + " on stream " + id() + ", where only the peer sends");
        }
        return sendHalf;
    }

    private SendHalf requireWritable(String what) {
        SendHalf half = requireSending(what);
        if (!isWritable()) {
            throw new IllegalStateException(what + " on a sending half that has ended: " + this);
        }
        return half;
    }

    private ReceiveHalf requireReceiving(String what) {
        if (receiveHalf == null) {
            throw new IllegalStateException(what + " on stream " + id() + ", where only this end sends");
        }
        return receiveHalf;
    }
}
