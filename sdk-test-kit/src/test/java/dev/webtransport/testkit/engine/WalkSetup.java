package dev.webtransport.testkit.engine;

import dev.webtransport.config.DatagramConfig;
import dev.webtransport.config.Http3Config;
import dev.webtransport.config.QuicConfig;
import dev.webtransport.config.SessionCreditPolicy;
import dev.webtransport.config.SessionFlowControlConfig;
import dev.webtransport.config.WebTransportDraft;
import dev.webtransport.value.Perspective;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** What a walk begins with: all of it follows from the seed, and nothing of it is changed by shrinking. */
final class WalkSetup {
    private static final long[] STREAM_WINDOWS = {32, 100, 1_000, 64 << 10, 1 << 20};
    private static final long[] WINDOWS = {200, 1_000, 10_000, 64 << 10, 1 << 20};
    private static final int[] BIDIRECTIONAL = {1, 2, 3, 100};
    private static final int[] UNIDIRECTIONAL = {3, 4, 100};
    private static final int[] QUEUES = {1, 4, 256};
    private static final long[] SESSION_WINDOWS = {0, 1, 50, 1_000, 64 << 10};
    private static final long[] SESSION_STREAMS = {1, 2, 100};
    private static final int[] EARLY = {0, 1, 32};

    final long seed;
    final Weather weather;
    private final Map<Perspective, QuicConfig> quic = new EnumMap<>(Perspective.class);
    private final Map<Perspective, Http3Config> http3 = new EnumMap<>(Perspective.class);

    WalkSetup(long seed) {
        this.seed = seed;
        Random random = new Random(seed);
        weather = random.nextInt(3) > 0 ? Weather.CLEAR : Weather.values()[random.nextInt(Weather.values().length)];
        Set<WebTransportDraft> drafts = random.nextInt(2) == 0
                ? Set.of(WebTransportDraft.DRAFT_02)
                : random.nextInt(3) == 0
                        ? WebTransportDraft.all()
                        : Set.of(WebTransportDraft.values()[random.nextInt(WebTransportDraft.values().length)]);
        for (Perspective end : Perspective.values()) {
            quic.put(end, quic(random));
            http3.put(
                    end,
                    Http3Config.builder()
                            .drafts(drafts)
                            .maxEarlyStreams(EARLY[random.nextInt(EARLY.length)])
                            .maxEarlyDatagrams(EARLY[random.nextInt(EARLY.length)])
                            .settingsTimeout(Duration.ofMinutes(1))
                            .closeTimeout(Duration.ofMillis(random.nextBoolean() ? 50 : 1_000))
                            .build());
        }
        // Chances of their own, so that seeds of walks from before this was here mean what they meant.
        Random credit = new Random(seed * 31 + 7);
        if (credit.nextInt(3) == 0) {
            http3.replaceAll((end, config) ->
                    config.toBuilder().flowControl(flow(credit)).build());
        }
    }

    /** One walk in three is under session flow control, where the draft has it. */
    private static SessionFlowControlConfig flow(Random random) {
        SessionFlowControlConfig.Builder builder = SessionFlowControlConfig.builder()
                .initialMaxData(SESSION_WINDOWS[random.nextInt(SESSION_WINDOWS.length)])
                .window(Math.max(1, SESSION_WINDOWS[random.nextInt(SESSION_WINDOWS.length)]))
                .initialMaxStreamsBidirectional(SESSION_STREAMS[random.nextInt(SESSION_STREAMS.length)])
                .initialMaxStreamsUnidirectional(SESSION_STREAMS[random.nextInt(SESSION_STREAMS.length)]);
        return builder.build();
    }

    private static QuicConfig quic(Random random) {
        int queue = QUEUES[random.nextInt(QUEUES.length)];
        return QuicConfig.builder()
                .maxStreamData(STREAM_WINDOWS[random.nextInt(STREAM_WINDOWS.length)])
                .maxData(WINDOWS[random.nextInt(WINDOWS.length)])
                .maxIncomingBidirectionalStreams(BIDIRECTIONAL[random.nextInt(BIDIRECTIONAL.length)])
                .maxIncomingUnidirectionalStreams(UNIDIRECTIONAL[random.nextInt(UNIDIRECTIONAL.length)])
                .sendBufferSize(random.nextBoolean() ? 1_024 : 256 << 10)
                .datagrams(DatagramConfig.builder()
                        .incomingQueueLength(queue)
                        .outgoingQueueLength(queue)
                        .build())
                .idleTimeout(Duration.ofSeconds(random.nextBoolean() ? 6 : 20))
                .keepAliveInterval(random.nextBoolean() ? null : Duration.ofSeconds(2))
                .build();
    }

    EnginePair.Builder pair() {
        EnginePair.Builder builder = EnginePair.builder().seed(seed).conditions(weather.conditions());
        for (Perspective end : Perspective.values()) {
            builder.quic(end, quic(end)).http3(end, http3(end));
        }
        return builder;
    }

    QuicConfig quic(Perspective end) {
        return quic.get(end);
    }

    Http3Config http3(Perspective end) {
        return http3.get(end);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("drafts ")
                .append(http3(Perspective.CLIENT).drafts())
                .append(", weather ")
                .append(weather);
        for (Perspective end : Perspective.values()) {
            QuicConfig transport = quic(end);
            text.append("; ")
                    .append(end)
                    .append(": windows ")
                    .append(transport.maxStreamData())
                    .append(" and ")
                    .append(transport.maxData())
                    .append(", streams ")
                    .append(transport.maxIncomingBidirectionalStreams())
                    .append(" and ")
                    .append(transport.maxIncomingUnidirectionalStreams())
                    .append(", send buffer ")
                    .append(transport.sendBufferSize())
                    .append(", early streams ")
                    .append(http3(end).maxEarlyStreams())
                    .append(", credit ")
                    .append(credit(http3(end).flowControl()))
                    .append(", close timeout ")
                    .append(http3(end).closeTimeout());
        }
        return text.toString();
    }

    private static String credit(SessionFlowControlConfig config) {
        return config.policy() == SessionCreditPolicy.OFF
                ? "off"
                : config.initialMaxData() + " then " + config.window() + " ahead, streams "
                        + config.initialMaxStreamsBidirectional() + " and "
                        + config.initialMaxStreamsUnidirectional();
    }
}
