package dev.webtransport.testkit.engine;

import dev.webtransport.config.QuicConfig;
import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.testkit.quic.EndpointStream;
import dev.webtransport.testkit.quic.FrameListener;
import dev.webtransport.testkit.quic.QuicEndpoint;
import dev.webtransport.testkit.quic.QuicFrame;
import dev.webtransport.testkit.quic.StreamIds;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Counts what arrives in frames: bytes against credit, credit against what was consumed, ends of streams, datagrams. */
final class FrameLedger implements FrameListener {
    private static final long NONE = -1;

    /** Where a window gives back each byte at once, so that sums come out exactly. */
    private static final long EXACT_UP_TO = 64 << 10;

    private final Map<Direction, Way> ways = new EnumMap<>(Direction.class);
    private final Map<ByteBuffer, Integer> datagrams = new HashMap<>();

    /** One direction. */
    private static final class Way {
        final QuicConfig receiver;
        final Map<Long, Half> halves = new HashMap<>();
        final Map<StreamType, Long> maxStreams = new EnumMap<>(StreamType.class);
        final Map<StreamType, Set<Long>> opened = new EnumMap<>(StreamType.class);
        long maxData;
        long received;

        Way(QuicConfig receiver) {
            this.receiver = receiver;
            this.maxData = receiver.maxData();
            maxStreams.put(StreamType.BIDIRECTIONAL, (long) receiver.maxIncomingBidirectionalStreams());
            maxStreams.put(StreamType.UNIDIRECTIONAL, (long) receiver.maxIncomingUnidirectionalStreams());
            for (StreamType type : StreamType.values()) {
                opened.put(type, new HashSet<>());
            }
        }

        Half half(long streamId) {
            return halves.computeIfAbsent(streamId, id -> new Half(receiver.maxStreamData()));
        }
    }

    /** What was sent on one stream in one direction. */
    private static final class Half {
        long limit;
        long received;
        long finalSize = NONE;
        long resetCode = NONE;
        boolean finSeen;
        boolean stopped;

        Half(long limit) {
            this.limit = limit;
        }
    }

    FrameLedger(WalkSetup setup) {
        ways.put(Direction.CLIENT_TO_SERVER, new Way(setup.quic(Perspective.SERVER)));
        ways.put(Direction.SERVER_TO_CLIENT, new Way(setup.quic(Perspective.CLIENT)));
    }

    @Override
    public void handleFrame(Direction direction, QuicFrame frame, long nowNanos) {
        Way way = ways.get(direction);
        Way opposite = ways.get(direction.opposite());
        if (frame instanceof QuicFrame.Stream data) {
            show(direction, data.streamId());
            handle(way, data);
        } else if (frame instanceof QuicFrame.ResetStream reset) {
            show(direction, reset.streamId());
            handle(way, reset);
        } else if (frame instanceof QuicFrame.StopSending stop) {
            show(direction, stop.streamId());
            Half half = opposite.half(stop.streamId());
            Invariant.STREAM_END.require(!half.stopped, () -> "stream " + stop.streamId() + " is stopped twice");
            half.stopped = true;
        } else if (frame instanceof QuicFrame.MaxStreamData max) {
            show(direction, max.streamId());
            Half half = opposite.half(max.streamId());
            half.limit = Math.max(half.limit, max.limit());
        } else if (frame instanceof QuicFrame.MaxData max) {
            opposite.maxData = Math.max(opposite.maxData, max.limit());
        } else if (frame instanceof QuicFrame.MaxStreams max) {
            opposite.maxStreams.merge(max.type(), max.limit(), Math::max);
        } else if (frame instanceof QuicFrame.Datagram datagram) {
            datagrams.merge(datagram.payload(), 1, Integer::sum);
        }
    }

    /** How often the network has delivered a datagram, by its whole payload. */
    int deliveries(ByteBuffer datagram) {
        return datagrams.getOrDefault(datagram, 0);
    }

    private void show(Direction direction, long streamId) {
        if (StreamIds.opener(streamId) == direction.sender()) {
            Way way = ways.get(direction);
            StreamType type = StreamIds.type(streamId);
            way.opened.get(type).add(streamId);
            Invariant.CREDIT.require(
                    streamId >> 2 < way.maxStreams.get(type),
                    () -> "stream " + streamId + " is beyond the " + way.maxStreams.get(type) + " that were allowed");
        }
    }

    private static void handle(Way way, QuicFrame.Stream data) {
        Half half = way.half(data.streamId());
        String name = "stream " + data.streamId();
        Invariant.BYTES.require(
                data.offset() == half.received,
                () -> name + " goes on at " + data.offset() + " instead of " + half.received);
        Invariant.STREAM_END.require(!half.finSeen, () -> name + " goes on behind FIN");
        half.received += data.length();
        Invariant.CREDIT.require(
                half.received <= half.limit,
                () -> name + " has " + half.received + " bytes, allowed are " + half.limit);
        if (half.finalSize == NONE) {
            receive(way, data.length());
        } else {
            Invariant.STREAM_END.require(
                    half.received <= half.finalSize, () -> name + " is longer than its reset said");
        }
        if (data.fin()) {
            half.finSeen = true;
            half.finalSize = half.received;
        }
    }

    private static void handle(Way way, QuicFrame.ResetStream reset) {
        Half half = way.half(reset.streamId());
        String name = "stream " + reset.streamId();
        Invariant.STREAM_END.require(half.resetCode == NONE, () -> name + " is reset twice");
        Invariant.STREAM_END.require(reset.finalSize() >= half.received, () -> name + " shrinks with its reset");
        Invariant.STREAM_END.require(!half.finSeen, () -> name + " is reset behind FIN");
        half.resetCode = reset.errorCode();
        half.finalSize = reset.finalSize();
        receive(way, half.finalSize - half.received);
    }

    private static void receive(Way way, long count) {
        way.received += count;
        Invariant.CREDIT.require(
                way.received <= way.maxData, () -> way.received + " bytes in all, allowed are " + way.maxData);
    }

    /** After every command: what has arrived is never more than what can have been meant. */
    void check(EnginePair pair) {
        for (Direction direction : Direction.values()) {
            QuicEndpoint sender = pair.end(direction.sender()).quic();
            QuicEndpoint receiver = pair.end(direction.opposite().sender()).quic();
            Invariant.CREDIT.require(
                    sender.dataSent() <= sender.maxData(),
                    () -> sender + " has sent " + sender.dataSent() + " bytes, allowed are " + sender.maxData());
            Invariant.CREDIT.require(
                    receiver.dataReceived() <= sender.dataSent(),
                    () -> receiver + " counts " + receiver.dataReceived() + " bytes, sent were " + sender.dataSent());
            Invariant.CREDIT.require(
                    receiver.dataConsumed() <= receiver.dataReceived(),
                    () -> receiver + " consumed " + receiver.dataConsumed() + " bytes of " + receiver.dataReceived());
            Invariant.CREDIT.require(
                    sender.maxData()
                            <= receiver.dataConsumed() + receiver.config().maxData(),
                    () -> receiver + " granted " + sender.maxData() + " bytes, but only " + receiver.dataConsumed()
                            + " were consumed");
        }
    }

    /** Nothing is under way: what one end granted is what the other has, and all of it is accounted for. */
    void checkRest(EnginePair pair) {
        for (Direction direction : Direction.values()) {
            QuicEndpoint sender = pair.end(direction.sender()).quic();
            QuicEndpoint receiver = pair.end(direction.opposite().sender()).quic();
            Way way = ways.get(direction);
            Invariant.CREDIT.require(
                    receiver.dataReceived() == sender.dataSent(),
                    () -> receiver + " counts " + receiver.dataReceived() + " bytes, sent were " + sender.dataSent());
            long unread = receiver.streams().stream()
                    .filter(stream -> receives(receiver, stream))
                    .mapToLong(stream -> stream.receive().unreadBytes())
                    .sum();
            Invariant.CREDIT.require(
                    receiver.dataConsumed() + unread == receiver.dataReceived(),
                    () -> receiver + " has consumed " + receiver.dataConsumed() + " bytes of " + receiver.dataReceived()
                            + ", and " + unread + " wait");
            requireWindow(
                    receiver + " for all streams",
                    sender.maxData(),
                    receiver.dataConsumed(),
                    receiver.config().maxData());
            checkStreams(receiver, way);
            for (StreamType type : StreamType.values()) {
                checkStreamCredit(direction, receiver, way, type);
            }
        }
    }

    private static void checkStreams(QuicEndpoint receiver, Way way) {
        for (EndpointStream stream : receiver.streams()) {
            Half half = way.halves.get(stream.id());
            if (receives(receiver, stream) && half != null && half.finalSize == NONE && !half.stopped) {
                long consumed = half.received - stream.receive().unreadBytes();
                requireWindow(
                        receiver + " for " + stream,
                        half.limit,
                        consumed,
                        receiver.config().maxStreamData());
            }
        }
    }

    private static boolean receives(QuicEndpoint receiver, EndpointStream stream) {
        return stream.type() == StreamType.BIDIRECTIONAL || StreamIds.opener(stream.id()) != receiver.perspective();
    }

    private static void checkStreamCredit(Direction direction, QuicEndpoint receiver, Way way, StreamType type) {
        long live = receiver.streams().stream()
                .filter(stream -> stream.type() == type && StreamIds.opener(stream.id()) == direction.sender())
                .count();
        long initial = type == StreamType.BIDIRECTIONAL
                ? way.receiver.maxIncomingBidirectionalStreams()
                : way.receiver.maxIncomingUnidirectionalStreams();
        long expected = initial + way.opened.get(type).size() - live;
        Invariant.CREDIT.require(
                way.maxStreams.get(type) == expected,
                () -> receiver + " allows " + way.maxStreams.get(type) + " " + type + " streams, but " + initial
                        + " at once and " + (expected - initial) + " that are over make " + expected);
    }

    private static void requireWindow(String who, long granted, long consumed, long window) {
        // Large windows are given back in steps.
        long slack = window <= EXACT_UP_TO ? 0 : window / 8;
        Invariant.CREDIT.require(
                granted <= consumed + window && granted >= consumed + window - slack,
                () -> who + " granted " + granted + ", consumed " + consumed + ", and the window is " + window);
    }
}
