package dev.webtransport.engine.http3;

import dev.webtransport.codec.Capsule;
import dev.webtransport.codec.CapsuleReader;
import dev.webtransport.codec.CapsuleWriter;
import dev.webtransport.codec.ConnectRequest;
import dev.webtransport.codec.ConnectResponse;
import dev.webtransport.codec.Http3FrameWriter;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.engine.EngineEvent;
import dev.webtransport.engine.SessionFlow;
import dev.webtransport.engine.SessionInput;
import dev.webtransport.engine.SessionMachine;
import dev.webtransport.engine.SessionState;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Initiator;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One session: its CONNECT stream behind the header sections, and the streams that belong to it
 * (draft-ietf-webtrans-http3-16, sections 3.2, 3.3, 4.7 and 6). What a step of the {@link SessionMachine} entails
 * happens here.
 */
final class Session {
    private final Http3Connection connection;
    private final Outbox out;
    private final long id;
    private final ConnectRequest request;
    private final SessionMachine machine;
    private final CapsuleReader capsules;
    private final Map<Long, SessionStream> streams = new LinkedHashMap<>();

    /** Server: what came behind the request, not to be looked at before the answer. */
    private final EarlyPayload early;

    private WebTransportDraft draft = WebTransportDraft.DRAFT_15;
    private boolean sendOpen = true;
    private boolean receiveOpen = true;
    private @Nullable OptionalLong stopCode;
    private final DrainExchange drain;
    private @Nullable FlowCapsules credit;
    private long deadlineNanos = Http3Connection.NEVER;

    /** Client: the content of a rejection, as it comes; null unless there was one. */
    private @Nullable RejectionContent rejection;

    Session(Http3Connection connection, long id, ConnectRequest request, SessionState initial) {
        this.connection = connection;
        this.out = connection.out;
        this.id = id;
        this.request = request;
        this.machine = new SessionMachine(initial);
        this.capsules = new CapsuleReader(connection.config.maxCapsuleSize());
        this.early = new EarlyPayload(connection.config.maxCapsuleSize());
        this.drain = new DrainExchange(id, connection.out);
    }

    long id() {
        return id;
    }

    ConnectRequest request() {
        return request;
    }

    SessionState state() {
        return machine.state();
    }

    void setDraft(WebTransportDraft negotiated) {
        draft = negotiated;
        SessionFlow flow = connection.settings.newFlow(negotiated);
        credit = flow == null ? null : new FlowCapsules(connection, id, flow);
    }

    /** The accounts of credit; null without flow control. */
    @Nullable
    SessionFlow flow() {
        return credit == null ? null : credit.flow();
    }

    /** Acts on what was counted outside the engine. */
    void settleCredit() {
        if (credit == null || !state().isOpen()) {
            return;
        }
        try {
            credit.check();
            sayCredit();
        } catch (ProtocolViolation violation) {
            abort(violation);
        }
    }

    /** A stream of the peer ended before its session was known. */
    void handleLostStream(StreamType type) {
        if (credit != null) {
            credit.handleLost(type);
            sayCredit();
        }
    }

    private void sayCredit() {
        if (credit != null && state().isOpen() && sendOpen) {
            credit.send();
        }
    }

    // Streams.

    void attach(SessionStream stream) {
        streams.put(stream.streamId, stream);
        drain.handleActivity();
    }

    void detach(long streamId) {
        SessionStream stream = streams.remove(streamId);
        if (stream != null && stream.fromPeer && credit != null && state().isOpen()) {
            credit.flow().streams(StreamId.type(streamId)).handleClosed();
            sayCredit();
        }
    }

    /** Counts a stream of the peer; if it is one too many, that was the end of the session. */
    boolean admits(SessionStream stream) {
        if (credit != null) {
            try {
                credit.handleOpened(StreamId.type(stream.streamId));
            } catch (ProtocolViolation violation) {
                abort(violation);
                return false;
            }
        }
        return true;
    }

    int streamCount() {
        return streams.size();
    }

    // Requests and answers.

    /** Server: the application decides from here on. */
    void admit() {
        machine.handle(SessionInput.ADMIT);
        out.event(new EngineEvent.SessionRequested(id, request));
    }

    /** Server: an answer that the application is not asked about. */
    void answer(int status) {
        machine.handle(SessionInput.ABORT);
        sendRefusal(RequestStream.encode(ConnectResponse.builder(status), Headers.EMPTY));
    }

    void accept(@Nullable String protocol, Headers headers) {
        ByteBuffer answer = SessionAnswer.acceptance(request, protocol, headers);
        machine.handle(SessionInput.ACCEPT);
        out.send(id, answer, Fin.NO);
        //= draft-ietf-webtrans-http3-16#4.7
        //# GOAWAY is the hint for sessions that stand later, too
        if (connection.goAway.wasSent()) {
            drain();
        }
        if (connection.goAway.wasReceived()) {
            handleDrain();
        }
        sayCredit();
        connection.streams.deliverEarlyArrivalsOf(this);
        //= draft-ietf-webtrans-http3-16#3.2
        //# a server does not interpret what follows the request before it has sent 2xx
        ByteBuffer payload = early.take();
        if (!state().isOpen()) {
            return;
        }
        try {
            readCapsules(payload);
        } catch (ProtocolViolation violation) {
            abort(violation);
        }
    }

    void reject(int status, Headers headers, ByteBuffer content) {
        ByteBuffer answer = SessionAnswer.rejection(status, headers, content);
        machine.handle(SessionInput.REJECT);
        if (content.hasRemaining() && sendOpen) {
            out.send(id, answer, Fin.NO);
            sendRefusal(Http3FrameWriter.data(content));
        } else {
            sendRefusal(answer);
        }
    }

    private void sendRefusal(ByteBuffer answer) {
        if (sendOpen) {
            out.send(id, answer, Fin.YES);
        }
        if (receiveOpen) {
            out.stopSending(id, Http3ErrorCode.H3_NO_ERROR);
        }
        leavePending(null);
    }

    /** Client: gives up; false if there is an answer already. */
    boolean cancel() {
        if (rejection != null) {
            rejection = null;
            endRejected(null);
            return true;
        }
        if (machine.handle(SessionInput.CANCEL) != SessionMachine.Verdict.MOVE) {
            return false;
        }
        abandon(Http3ErrorCode.H3_REQUEST_CANCELLED);
        leavePending(null);
        return true;
    }

    /** Client: the server will not look at the request any more. */
    void handleRefusedByGoAway() {
        machine.handle(SessionInput.ABORT);
        abandon(Http3ErrorCode.H3_REQUEST_CANCELLED);
        leavePending(Unanswered.rejected(id, "the server went away (GOAWAY) before it looked at the request"));
    }

    /** Client: the final answer. The machine has made sure that it is the first. */
    void handleResponse(ConnectResponse response) {
        //= draft-ietf-webtrans-http3-16#3.2
        //# any 2xx establishes the session; redirections are not followed
        if (!response.isAccepted()) {
            machine.handle(SessionInput.ANSWER_REJECTED);
            finishSending();
            // Its content follows, perhaps already in this very input; streams end with it, so that whoever uses them
            // finds the
            // rejection told.
            rejection = new RejectionContent(response);
            connection.streams.refuseEarlyArrivalsOf(id);
            deadlineNanos = connection.deadlineAfter(connection.config.closeTimeout());
            return;
        }
        machine.handle(SessionInput.ANSWER_ACCEPTED);
        Optional<String> protocol = response.protocol().filter(request.offeredProtocols()::contains);
        out.event(new EngineEvent.SessionEstablished(id, response.headers(), protocol));
        //= draft-ietf-webtrans-http3-16#3.3
        //# a protocol that was not offered closes the session with WT_ALPN_ERROR; before draft 15 it was ignored
        if (response.protocol().isPresent() && !protocol.isPresent() && draft == WebTransportDraft.DRAFT_15) {
            abort(ProtocolViolation.session(
                    Http3ErrorCode.WT_ALPN_ERROR,
                    "draft-ietf-webtrans-http3-16, section 3.3",
                    "the server chose \"" + response.protocol().get() + "\", offered were "
                            + request.offeredProtocols()));
            return;
        }
        if (connection.goAway.wasReceived()) {
            handleDrain();
        }
        // Streams that were opened before the answer have used credit, and perhaps too much of it.
        settleCredit();
        if (!state().isOpen()) {
            return;
        }
        connection.streams.deliverEarlyArrivalsOf(this);
        if (stopCode != null) {
            // It came before the answer, and means what it means after it.
            handleStopSending(stopCode);
        }
    }

    // What comes on the CONNECT stream.

    /** Client: whether the server said no, and what it says besides is being read. */
    boolean isRejected() {
        return rejection != null;
    }

    private void finishRejection() {
        EngineEvent event = rejection == null ? null : rejection.event(id);
        rejection = null;
        endRejected(event);
    }

    private void endRejected(@Nullable EngineEvent event) {
        if (receiveOpen) {
            receiveOpen = false;
            out.stopSending(id, Http3ErrorCode.H3_REQUEST_CANCELLED);
        }
        leavePending(event);
    }

    void handlePayload(ByteBuffer payload) throws ProtocolViolation {
        if (!payload.hasRemaining()) {
            return;
        }
        if (rejection != null) {
            if (rejection.add(payload)) {
                finishRejection();
            }
            return;
        }
        switch (machine.handle(SessionInput.DATA)) {
            case STAY -> {
                if (state().isPending()) {
                    early.keep(payload);
                } else {
                    readCapsules(payload);
                }
            }
            case VIOLATION -> throw EarlyPayload.misplaced(state());
            default -> {
                // We closed before the peer sent this; it counts for nothing.
            }
        }
    }

    private void readCapsules(ByteBuffer payload) throws ProtocolViolation {
        capsules.feed(payload);
        for (Capsule capsule = capsules.next(); capsule != null; capsule = capsules.next()) {
            handleCapsule(capsule);
        }
        //= draft-ietf-webtrans-http3-16#6
        //# who receives WT_CLOSE_SESSION closes its half too
        if (state() == SessionState.CLOSED_BY_PEER) {
            finishSending();
        }
    }

    private void handleCapsule(Capsule capsule) throws ProtocolViolation {
        if (capsule instanceof Capsule.CloseSession close) {
            machine.handle(SessionInput.CLOSE_CAPSULE);
            deadlineNanos = connection.deadlineAfter(connection.config.closeTimeout());
            decide(close.info(), Initiator.REMOTE, null);
        } else if (capsule instanceof Capsule.DrainSession) {
            if (state().isOpen()) {
                drain.handleCapsule();
            }
        } else if (capsule instanceof Capsule.Datagram datagram) {
            out.event(new EngineEvent.DatagramReceived(id, datagram.payload()));
        } else if (capsule instanceof Capsule.PerStreamFlowControl) {
            //= draft-ietf-webtrans-http3-16#5.6
            //# limits per stream are QUIC's: their capsules are a session error
            throw ProtocolViolation.session(
                    Http3ErrorCode.WT_FLOW_CONTROL_ERROR,
                    "draft-ietf-webtrans-http3-16, section 5.6",
                    capsule + " has no place in HTTP/3");
        }
        //= draft-ietf-webtrans-http3-16#5.1
        //# without flow control its capsules are ignored
        if (credit != null) {
            credit.handle(capsule);
            sayCredit();
        }
    }

    /** The peer would like the session to end: its capsule, or GOAWAY. */
    void handleDrain() {
        if (state().isOpen()) {
            drain.handleHint();
        }
    }

    void handleFin() throws ProtocolViolation {
        receiveOpen = false;
        if (rejection != null) {
            finishRejection();
            return;
        }
        SessionState before = state();
        if (before.isOpen()) {
            capsules.end();
        }
        machine.handle(SessionInput.FIN);
        if (before.isPending()) {
            abandon(Http3ErrorCode.H3_REQUEST_CANCELLED);
            leavePending(Unanswered.event(before, id, "the server ended the stream without an answer"));
            return;
        }
        finishSending();
        //= draft-ietf-webtrans-http3-16#6
        //# an end without WT_CLOSE_SESSION means code 0 and no reason
        if (before.isOpen()) {
            decide(CloseInfo.NORMAL, Initiator.REMOTE, null);
        }
        leaveEnded();
    }

    void handleReset(long errorCode) {
        receiveOpen = false;
        if (rejection != null) {
            finishRejection();
            return;
        }
        SessionState before = state();
        machine.handle(SessionInput.RESET);
        String what = "the peer reset the CONNECT stream with " + Http3ErrorCode.describe(errorCode);
        if (before.isPending()) {
            abandon(Http3ErrorCode.H3_REQUEST_CANCELLED);
            leavePending(Unanswered.event(before, id, what));
            return;
        }
        abandon(Http3ErrorCode.WT_SESSION_GONE);
        if (before.isOpen()) {
            decide(CloseInfo.NORMAL, Initiator.REMOTE, ProtocolViolation.session(errorCode, "", what));
        }
        leaveEnded();
    }

    void handleStopSending(OptionalLong errorCode) {
        SessionState before = state();
        SessionMachine.Verdict verdict = machine.handle(SessionInput.STOP_SENDING);
        if (sendOpen) {
            // QUIC wants an answer to STOP_SENDING: a reset with the same code.
            out.reset(id, errorCode.orElse(Http3ErrorCode.WT_SESSION_GONE));
            sendOpen = false;
        }
        if (verdict == SessionMachine.Verdict.IGNORE) {
            return;
        }
        stopCode = errorCode;
        if (state() == SessionState.STOPPED) {
            deadlineNanos = connection.deadlineAfter(connection.config.closeTimeout());
        } else if (state() == SessionState.ENDED) {
            abandon(Http3ErrorCode.H3_REQUEST_CANCELLED);
            leavePending(Unanswered.event(before, id, "the peer takes no answer"));
        }
    }

    // Ends that we decide.

    void drain() {
        if (state().isOpen() && sendOpen) {
            drain.send();
        }
    }

    /** Asks the peer to tell when nothing of the session is under way there: PeerQuiet answers, if the peer knows how. */
    void askForQuiet() {
        if (state().isOpen() && sendOpen) {
            drain.ask();
        }
    }

    void close(CloseInfo info) {
        if (machine.handle(SessionInput.CLOSE) != SessionMachine.Verdict.MOVE) {
            return;
        }
        if (state() == SessionState.CLOSING) {
            //= draft-ietf-webtrans-http3-16#6
            //# FIN follows WT_CLOSE_SESSION at once
            out.send(id, Http3FrameWriter.data(CapsuleWriter.closeSession(info)), Fin.YES);
            sendOpen = false;
            // Nothing else on this stream now: a browser that sees STOP_SENDING with the capsule takes it for a loss.
            deadlineNanos = connection.deadlineAfter(connection.config.closeTimeout());
            decide(info, Initiator.LOCAL, null);
        } else {
            // The peer reads no more: the capsule has no way to it.
            abandon(Http3ErrorCode.WT_SESSION_GONE);
            decide(info, Initiator.LOCAL, null);
            leaveEnded();
        }
    }

    /** A rule was broken: resets the CONNECT stream both ways with its code. */
    void abort(ProtocolViolation violation) {
        if (rejection != null) {
            // The answer is known; what is wrong with the rest of it changes nothing.
            finishRejection();
            return;
        }
        SessionState before = state();
        if (machine.handle(SessionInput.ABORT) != SessionMachine.Verdict.MOVE) {
            return;
        }
        // After WT_CLOSE_SESSION of the peer FIN is sent already; the reset tells what became of the rest.
        sendOpen |= before == SessionState.CLOSED_BY_PEER;
        abandon(violation.wireCode());
        if (before.isPending()) {
            leavePending(Unanswered.event(before, id, String.valueOf(violation.getMessage())));
            return;
        }
        if (before.isOpen()) {
            decide(CloseInfo.NORMAL, Initiator.LOCAL, violation);
        }
        leaveEnded();
    }

    void handleTimeout() {
        drain.handleTimeout(connection.now(), isQuiet(), connection.streams.hasUndecided());
        if (connection.now() < deadlineNanos) {
            return;
        }
        if (rejection != null) {
            finishRejection();
            return;
        }
        SessionState before = state();
        machine.handle(SessionInput.TIMEOUT);
        // Even behind FIN: bytes that the peer does not take would otherwise wait for ever.
        sendOpen = true;
        abandon(Http3ErrorCode.WT_SESSION_GONE);
        if (before == SessionState.STOPPED) {
            long code =
                    stopCode == null ? Http3ErrorCode.WT_SESSION_GONE : stopCode.orElse(Http3ErrorCode.WT_SESSION_GONE);
            decide(
                    CloseInfo.NORMAL,
                    Initiator.REMOTE,
                    ProtocolViolation.session(
                            code, "", "the peer stopped the CONNECT stream with " + Http3ErrorCode.describe(code)));
        }
        leaveEnded();
    }

    long deadlineNanos() {
        return Math.min(deadlineNanos, drain.deadlineNanos(connection.now(), isQuiet()));
    }

    /** It lives, and no stream of it does. */
    private boolean isQuiet() {
        return state().isOpen() && sendOpen && streams.isEmpty();
    }

    /** The whole connection ends: QUIC ends the streams. */
    void handleConnectionFailure(ProtocolViolation violation) {
        if (rejection != null) {
            out.event(rejection.event(id));
            rejection = null;
            return;
        }
        if (state().isOpen()) {
            out.event(new EngineEvent.SessionClosed(id, CloseInfo.NORMAL, Initiator.LOCAL, violation));
        }
        if (!state().isPending()) {
            out.event(new EngineEvent.SessionEnded(id));
        }
    }

    // What every end has in common.

    private void decide(CloseInfo info, Initiator initiator, @Nullable ProtocolViolation violation) {
        //= draft-ietf-webtrans-http3-16#6
        //# at the end of a session both halves of each of its streams are aborted with WT_SESSION_GONE
        abortStreams();
        out.event(new EngineEvent.SessionClosed(id, info, initiator, violation));
    }

    private void abortStreams() {
        List<SessionStream> attached = new ArrayList<>(streams.values());
        streams.clear();
        for (SessionStream stream : attached) {
            connection.streams.abort(stream.streamId, Http3ErrorCode.WT_SESSION_GONE);
        }
    }

    private void leavePending(@Nullable EngineEvent event) {
        abortStreams();
        connection.streams.refuseEarlyArrivalsOf(id);
        if (event != null) {
            out.event(event);
        }
        connection.sessions.forget(this);
    }

    private void leaveEnded() {
        out.event(new EngineEvent.SessionEnded(id));
        connection.sessions.forget(this);
    }

    private void finishSending() {
        if (sendOpen) {
            out.sendFin(id);
            sendOpen = false;
        }
    }

    /** Asks QUIC to end what is open of the CONNECT stream. */
    private void abandon(long errorCode) {
        if (sendOpen) {
            out.reset(id, errorCode);
            sendOpen = false;
        }
        if (receiveOpen) {
            out.stopSending(id, errorCode);
            receiveOpen = false;
        }
    }
}
