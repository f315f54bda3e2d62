package dev.webtransport.engine.http3;

import dev.webtransport.codec.Http3FrameWriter;
import dev.webtransport.codec.Http3Settings;
import dev.webtransport.config.Http3Config;
import dev.webtransport.engine.EngineEvent;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.Perspective;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What the parts of one engine share: who they are, what time it is, where things go, and the end of it all. */
final class Http3Connection {
    static final long NEVER = Long.MAX_VALUE;

    final Perspective perspective;
    final Http3Config config;
    final Outbox out = new Outbox();
    final SettingsExchange settings;
    final GoAway goAway;
    final StreamTable streams;
    final Sessions sessions;

    private long nowNanos;
    private long settingsDeadlineNanos = NEVER;
    private long controlStreamId = -1;
    private boolean closed;

    Http3Connection(Perspective perspective, Http3Config config) {
        this.perspective = perspective;
        this.config = config;
        this.settings = new SettingsExchange(perspective, config);
        this.goAway = new GoAway(this);
        this.streams = new StreamTable(this);
        this.sessions = new Sessions(this);
    }

    void start(long streamId, PeerDatagrams peerDatagrams) {
        if (controlStreamId >= 0) {
            throw new IllegalStateException("the engine was started before, with control stream " + controlStreamId);
        }
        controlStreamId = streamId;
        out.send(streamId, settings.begin(peerDatagrams), Fin.NO);
        settingsDeadlineNanos = deadlineAfter(config.settingsTimeout());
    }

    void setNow(long now) {
        nowNanos = now;
    }

    long now() {
        return nowNanos;
    }

    /** The time after a while, never that of "never". */
    long deadlineAfter(Duration delay) {
        long nanos = delay.toNanos();
        return nowNanos > NEVER - 1 - nanos ? NEVER - 1 : nowNanos + nanos;
    }

    long controlStreamId() {
        if (controlStreamId < 0) {
            throw new IllegalStateException("the engine was not started");
        }
        return controlStreamId;
    }

    boolean isControlStream(long streamId) {
        return streamId == controlStreamId;
    }

    void handleSettings(Http3Settings peer) throws ProtocolViolation {
        settingsDeadlineNanos = NEVER;
        String missing = settings.handlePeer(peer);
        if (missing == null) {
            out.event(new EngineEvent.PeerReady(settings.draft().get(), peer));
        } else if (perspective == Perspective.CLIENT) {
            //= draft-ietf-webtrans-http3-16#3.1
            //# a client may close a connection that lacks a requirement with WT_REQUIREMENTS_NOT_MET
            giveUp(Http3ErrorCode.WT_REQUIREMENTS_NOT_MET, missing);
            return;
        }
        sessions.handleSettings();
    }

    /** The peer's STOP_SENDING for our control stream. */
    void handleControlStopped(OptionalLong errorCode) throws ProtocolViolation {
        //= rfc9114#6.2.1
        //# the receiver must not ask the sender to close the control stream
        throw ProtocolViolation.connection(
                Http3ErrorCode.H3_CLOSED_CRITICAL_STREAM,
                "RFC 9114, section 6.2.1",
                "the peer reads our control stream no more"
                        + (errorCode.isPresent() ? ": " + Http3ErrorCode.describe(errorCode.getAsLong()) : ""));
    }

    void handleTimeout() {
        if (nowNanos >= settingsDeadlineNanos) {
            String message = "no SETTINGS came within " + config.settingsTimeout();
            if (perspective == Perspective.CLIENT) {
                giveUp(Http3ErrorCode.H3_MISSING_SETTINGS, message);
            } else {
                //= draft-ietf-webtrans-http3-16#7.1
                //# a server processes no request before the SETTINGS of the client, so that those that wait end here
                fail(ProtocolViolation.connection(
                        Http3ErrorCode.H3_MISSING_SETTINGS, "RFC 9114, section 6.2.1", message));
            }
            return;
        }
        streams.handleTimeout();
        sessions.handleTimeout();
    }

    long nextTimeoutNanos() {
        if (closed) {
            return NEVER;
        }
        return Math.min(settingsDeadlineNanos, Math.min(streams.nextTimeoutNanos(), sessions.nextTimeoutNanos()));
    }

    /** A frame that every peer skips. */
    void sayNothing() {
        out.send(controlStreamId(), Http3FrameWriter.reserved(0, ByteBuffer.allocate(0)), Fin.NO);
    }

    /** Ends the connection for a rule that the peer broke. */
    void fail(ProtocolViolation violation) {
        if (closed) {
            return;
        }
        closed = true;
        sessions.handleConnectionFailure(violation);
        out.event(new EngineEvent.ConnectionFailed(violation));
        end(violation.wireCode(), violation.getMessage());
    }

    /** Client: ends a connection that is of no use. */
    private void giveUp(long errorCode, String message) {
        closed = true;
        out.event(new EngineEvent.RequirementsNotMet(message));
        end(errorCode, message);
    }

    private void end(long errorCode, @Nullable String reason) {
        settingsDeadlineNanos = NEVER;
        sessions.clear();
        streams.clear();
        out.closeConnection(errorCode, reason == null ? "" : reason);
    }

    boolean isClosed() {
        return closed;
    }
}
