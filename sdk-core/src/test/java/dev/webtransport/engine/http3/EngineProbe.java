package dev.webtransport.engine.http3;

import dev.webtransport.config.Http3Config;
import dev.webtransport.engine.EngineEvent;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Perspective;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One engine with a peer made of hexadecimal: feeds it bytes, and writes down what it asks and tells. */
final class EngineProbe {
    /** SETTINGS of a peer that speaks draft 16 and nothing else; with 0x08, which means nothing from a client. */
    static final String DRAFT_16 = "00 04 09 0801 3301 ac7cf00001";

    /** What Chromium sends. */
    static final String CHROMIUM = "00 04 19 0180010000 0680004000 074064 3301 80ffd27701 ab60374201";

    /** What our server sends. */
    static final String ALL_DRAFTS = "00 04 20 0100 0700 0801 3301 ab60374201 c0000000c671706a01 94e9cd2901 ac7cf00001";

    /** A request for https://example.com/wt: the vector of draft 16, with Origin and the protocols "a" and "b". */
    static final String REQUEST_16 = "01 4068 0000 cf 27023a70726f746f636f6c 0f7765627472616e73706f72742d6833 d7"
            + " 500b6578616d706c652e636f6d 51032f7774 5f4b1368747470733a2f2f6578616d706c652e636f6d"
            + " 270f77742d617661696c61626c652d70726f746f636f6c73 082261222c20226222";

    /** The same as draft 02 writes it. */
    static final String REQUEST_02 = "01 4066 0000 cf 27023a70726f746f636f6c 0c7765627472616e73706f7274 d7"
            + " 500b6578616d706c652e636f6d 51032f7774 5f4b1368747470733a2f2f6578616d706c652e636f6d"
            + " 27177365632d7765627472616e73706f72742d68747470332d64726166743032 0131";

    static final String OK = "0103 0000d9";

    final Http3Engine engine;
    final Perspective perspective;
    long now;

    EngineProbe(Perspective perspective, Http3Config config) {
        this.perspective = perspective;
        this.engine = new Http3Engine(perspective, config);
    }

    static EngineProbe server() {
        return started(Perspective.SERVER, Http3Config.defaults());
    }

    static EngineProbe client() {
        return started(Perspective.CLIENT, Http3Config.defaults());
    }

    static EngineProbe started(Perspective perspective, Http3Config config) {
        EngineProbe probe = new EngineProbe(perspective, config);
        probe.engine.start(perspective == Perspective.CLIENT ? 2 : 3, PeerDatagrams.SUPPORTED, probe.now);
        return probe;
    }

    /** A server whose client said who it is, and asked for session 0, and got it. */
    static EngineProbe serverWithSession() {
        return serverWithSession(Http3Config.defaults());
    }

    static EngineProbe serverWithSession(Http3Config config) {
        EngineProbe probe = started(Perspective.SERVER, config).settings(DRAFT_16);
        probe.data(0, REQUEST_16);
        probe.accept(0);
        probe.drain();
        return probe;
    }

    /** A client whose server said who it is, and accepted session 0. */
    static EngineProbe clientWithSession() {
        EngineProbe probe = client().settings(ALL_DRAFTS).connect(0);
        probe.data(0, OK);
        probe.drain();
        return probe;
    }

    /** The peer's control stream begins. */
    EngineProbe settings(String hex) {
        data(controlStreamOfPeer(), hex);
        drain();
        return this;
    }

    long controlStreamOfPeer() {
        return perspective == Perspective.CLIENT ? 3 : 2;
    }

    EngineProbe connect(long streamId) {
        engine.connect(
                streamId,
                new SessionParameters(
                        "example.com", "/wt", Optional.of("https://example.com"), Headers.EMPTY, List.of("a", "b")),
                now);
        return this;
    }

    boolean accept(long sessionId) {
        return engine.accept(sessionId, null, Headers.EMPTY, now);
    }

    /** Feeds bytes; answers those the engine left. */
    String data(long streamId, String hex) {
        return feed(streamId, hex, Fin.NO);
    }

    String fin(long streamId, String hex) {
        return feed(streamId, hex, Fin.YES);
    }

    private String feed(long streamId, String hex, Fin fin) {
        ByteBuffer data = bytes(hex);
        engine.handleInput(new QuicInput.StreamData(streamId, data, fin), now);
        return hex(data);
    }

    void datagram(String hex) {
        engine.handleInput(new QuicInput.Datagram(bytes(hex)), now);
    }

    void reset(long streamId, long errorCode) {
        engine.handleInput(new QuicInput.StreamReset(streamId, errorCode), now);
    }

    void stop(long streamId, long errorCode) {
        engine.handleInput(new QuicInput.SendingStopped(streamId, OptionalLong.of(errorCode)), now);
    }

    /** Lets time pass in one step, and tells the engine if it wanted to know. */
    void pass(Duration time) {
        now += time.toNanos();
        if (engine.pollTimeoutNanos() <= now) {
            engine.handleTimeout(now);
        }
    }

    StreamRole role(long streamId) {
        return engine.roleOf(streamId);
    }

    void drain() {
        outputs();
        events();
    }

    List<String> outputs() {
        List<String> lines = new ArrayList<>();
        for (QuicOutput output = engine.pollTransmit(); output != null; output = engine.pollTransmit()) {
            lines.add(line(output));
        }
        return lines;
    }

    List<String> events() {
        List<String> lines = new ArrayList<>();
        for (EngineEvent event = engine.pollEvent(); event != null; event = engine.pollEvent()) {
            lines.add(line(event));
        }
        return lines;
    }

    static String line(QuicOutput output) {
        if (output instanceof QuicOutput.SendStream send) {
            String data = send.data().hasRemaining() ? " " + hex(send.data()) : "";
            return "send " + send.streamId() + data + (send.fin() ? " fin" : "");
        }
        if (output instanceof QuicOutput.ResetStream reset) {
            return "reset " + reset.streamId() + " " + code(reset.errorCode());
        }
        if (output instanceof QuicOutput.StopSending stop) {
            return "stop " + stop.streamId() + " " + code(stop.errorCode());
        }
        return "close " + code(((QuicOutput.CloseConnection) output).errorCode());
    }

    static String line(EngineEvent event) {
        if (event instanceof EngineEvent.SessionClosed closed) {
            ProtocolViolation violation = closed.violation();
            return "SessionClosed " + closed.sessionId() + " " + closed.info() + " " + closed.initiator()
                    + (violation == null ? "" : " " + violation.scope() + " " + code(violation.wireCode()));
        }
        if (event instanceof EngineEvent.ConnectionFailed failed) {
            return "ConnectionFailed " + failed.violation().scope() + " "
                    + code(failed.violation().wireCode());
        }
        if (event instanceof EngineEvent.DatagramReceived datagram) {
            return "DatagramReceived " + datagram.sessionId() + " " + hex(datagram.payload());
        }
        if (event instanceof EngineEvent.IncomingStream stream) {
            return "IncomingStream " + stream.sessionId() + " " + stream.streamId() + " " + stream.type();
        }
        if (event instanceof EngineEvent.SessionRequested requested) {
            return "SessionRequested " + requested.sessionId() + " " + requested.request();
        }
        if (event instanceof EngineEvent.SessionEstablished established) {
            return "SessionEstablished " + established.sessionId() + " "
                    + established.protocol().orElse("-");
        }
        if (event instanceof EngineEvent.SessionRejected rejected) {
            return "SessionRejected " + rejected.sessionId() + " " + rejected.status();
        }
        if (event instanceof EngineEvent.PeerReady ready) {
            return "PeerReady " + ready.draft();
        }
        if (event instanceof EngineEvent.RequirementsNotMet lacking) {
            return "RequirementsNotMet " + lacking.message();
        }
        return event.toString().replace("(", " ").replace(")", "").trim();
    }

    static String code(long code) {
        return Http3ErrorCode.describe(code).split(" ")[0];
    }

    static ByteBuffer bytes(String hex) {
        String digits = hex.replace(" ", "");
        ByteBuffer bytes = ByteBuffer.allocate(digits.length() / 2);
        for (int i = 0; i < digits.length(); i += 2) {
            bytes.put(i / 2, (byte) Integer.parseInt(digits, i, i + 2, 16));
        }
        return bytes;
    }

    static String hex(ByteBuffer bytes) {
        StringBuilder digits = new StringBuilder();
        for (int i = bytes.position(); i < bytes.limit(); i++) {
            digits.append(String.format("%02x", bytes.get(i)));
        }
        return digits.toString();
    }
}
