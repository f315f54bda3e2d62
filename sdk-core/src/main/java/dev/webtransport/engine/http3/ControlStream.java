package dev.webtransport.engine.http3;

import dev.webtransport.codec.Http3Frame;
import dev.webtransport.codec.Http3FrameReader;
import dev.webtransport.codec.Http3FrameType;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.Perspective;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The peer's control stream: SETTINGS first, then GOAWAY and what is ignored (RFC 9114, sections 6.2.1 and 7.2). */
final class ControlStream extends CriticalStream {
    private final Http3Connection connection;
    private final Http3FrameReader frames;
    private boolean settingsSeen;

    ControlStream(Http3Connection connection) {
        super("control stream", "RFC 9114, section 6.2.1");
        this.connection = connection;
        this.frames = new Http3FrameReader(connection.config.maxFieldSectionSize());
    }

    @Override
    void handleBytes(ByteBuffer data) throws ProtocolViolation {
        frames.feed(data);
        for (@Nullable Http3Frame frame = frames.next(); frame != null; frame = frames.next()) {
            if (settingsSeen) {
                handleFrame(frame);
            } else {
                handleFirstFrame(frame);
            }
            if (connection.isClosed()) {
                return;
            }
        }
    }

    private void handleFirstFrame(Http3Frame frame) throws ProtocolViolation {
        //= rfc9114#6.2.1
        //# SETTINGS is the first frame of a control stream; any other is a connection error
        if (!(frame instanceof Http3Frame.Settings settings)) {
            throw ProtocolViolation.connection(
                    Http3ErrorCode.H3_MISSING_SETTINGS,
                    "RFC 9114, section 6.2.1",
                    "the control stream begins with " + frame + " instead of SETTINGS");
        }
        settingsSeen = true;
        connection.handleSettings(settings.settings());
    }

    private void handleFrame(Http3Frame frame) throws ProtocolViolation {
        if (frame instanceof Http3Frame.GoAway goAway) {
            connection.goAway.handleGoAway(goAway.id());
        } else if (frame instanceof Http3Frame.PushRelated) {
            handlePush(frame);
        } else if (!(frame instanceof Http3Frame.Unknown)) {
            //= rfc9114#7.2.4
            //# a second SETTINGS frame is a connection error
            //= rfc9114#7.2.1
            //# DATA on a control stream is a connection error
            //= rfc9114#7.2.2
            //# HEADERS on a control stream is a connection error
            throw unexpected(frame);
        }
    }

    private void handlePush(Http3Frame frame) throws ProtocolViolation {
        if (frame.type() == Http3FrameType.CANCEL_PUSH) {
            //= rfc9114#7.2.3
            //# a push id that was never promised, or is above what was allowed, is a connection error
            throw ProtocolViolation.connection(
                    Http3ErrorCode.H3_ID_ERROR,
                    "RFC 9114, section 7.2.3",
                    "CANCEL_PUSH where no push was ever allowed");
        }
        //= rfc9114#7.2.7
        //# a server must not send MAX_PUSH_ID
        //= rfc9114#7.2.5
        //# PUSH_PROMISE on a control stream is a connection error
        if (frame.type() != Http3FrameType.MAX_PUSH_ID || connection.perspective == Perspective.CLIENT) {
            throw unexpected(frame);
        }
    }

    private static ProtocolViolation unexpected(Http3Frame frame) {
        return ProtocolViolation.connection(
                Http3ErrorCode.H3_FRAME_UNEXPECTED, "RFC 9114, section 7.2", frame + " on a control stream");
    }
}
