package dev.webtransport.engine;

import dev.webtransport.config.SessionCreditPolicy;
import dev.webtransport.config.SessionFlowControlConfig;
import dev.webtransport.flow.CreditKind;
import dev.webtransport.flow.ReceiveWindow;
import dev.webtransport.flow.SendCredit;
import dev.webtransport.flow.StreamCredit;
import dev.webtransport.value.StreamType;

/**
 * All accounts of one session with flow control (draft-ietf-webtrans-http3-16, section 5). Whoever moves payload counts it
 * here, from any thread and without a turn of the engine; where an answer says that something is due, the engine is asked to
 * say it ({@code settleCredit}).
 */
public final class SessionFlow {
    private final SendCredit data;
    private final ReceiveWindow received;
    private final StreamCredit bidirectional;
    private final StreamCredit unidirectional;
    private final SessionCreditPolicy policy;

    /**
     * Accounts at the beginning of a session.
     *
     * @param config what this end allows
     * @param maxData what the SETTINGS of the peer allow, in bytes
     * @param maxStreamsBidirectional how many bidirectional streams they allow
     * @param maxStreamsUnidirectional how many unidirectional streams they allow
     */
    public SessionFlow(
            SessionFlowControlConfig config,
            long maxData,
            long maxStreamsBidirectional,
            long maxStreamsUnidirectional) {
        this.policy = config.policy();
        this.data = new SendCredit(maxData);
        this.received = window(CreditKind.DATA, config.initialMaxData(), config.window());
        this.bidirectional = streams(
                CreditKind.BIDIRECTIONAL_STREAMS, maxStreamsBidirectional, config.initialMaxStreamsBidirectional());
        this.unidirectional = streams(
                CreditKind.UNIDIRECTIONAL_STREAMS, maxStreamsUnidirectional, config.initialMaxStreamsUnidirectional());
    }

    private ReceiveWindow window(CreditKind kind, long initial, long window) {
        return policy == SessionCreditPolicy.MANUAL
                ? ReceiveWindow.manual(initial, kind.largest())
                : ReceiveWindow.automatic(initial, window, kind.largest());
    }

    private StreamCredit streams(CreditKind kind, long peerAllows, long initial) {
        // A count above 2^60 cannot be opened anyway.
        return new StreamCredit(new SendCredit(Math.min(peerAllows, kind.largest())), window(kind, initial, initial));
    }

    /**
     * Who decides about what the peer may use.
     *
     * @return AUTOMATIC or MANUAL
     */
    public SessionCreditPolicy policy() {
        return policy;
    }

    /**
     * What the peer allows this end.
     *
     * @param kind of what
     * @return the account
     */
    public SendCredit toUse(CreditKind kind) {
        return kind == CreditKind.DATA ? data : streams(kind).toOpen();
    }

    /**
     * What this end allows the peer.
     *
     * @param kind of what
     * @return the account
     */
    public ReceiveWindow toGive(CreditKind kind) {
        return kind == CreditKind.DATA ? received : streams(kind).toAccept();
    }

    /**
     * The streams of a kind.
     *
     * @param type the kind
     * @return the account
     */
    public StreamCredit streams(StreamType type) {
        return type == StreamType.BIDIRECTIONAL ? bidirectional : unidirectional;
    }

    private StreamCredit streams(CreditKind kind) {
        return kind == CreditKind.BIDIRECTIONAL_STREAMS ? bidirectional : unidirectional;
    }

    /**
     * Payload came that nobody asked for yet: it travelled with a preamble.
     *
     * @param bytes how much
     * @return whether the engine has to act
     */
    public boolean handleArrived(long bytes) {
        return !received.receive(bytes);
    }

    /**
     * Payload that came before is asked for now, or was dropped.
     *
     * @param bytes how much
     * @return whether the engine has to act
     */
    public boolean handleTaken(long bytes) {
        return received.consume(bytes);
    }

    /**
     * Payload was read because somebody asked for it.
     *
     * @param bytes how much
     * @return whether the engine has to act
     */
    public boolean handleRead(long bytes) {
        boolean kept = received.receive(bytes);
        return received.consume(bytes) || !kept;
    }

    /**
     * The peer's half of a stream is over, and nobody knows how much of it was never read: it was reset or stopped.
     *
     * @return whether the engine has to act
     */
    public boolean handleAbandoned() {
        return received.abandon();
    }

    @Override
    public String toString() {
        return "sent " + data + ", received " + received + ", bidirectional " + bidirectional + ", unidirectional "
                + unidirectional;
    }
}
