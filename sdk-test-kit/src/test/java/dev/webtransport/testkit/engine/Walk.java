package dev.webtransport.testkit.engine;

import dev.webtransport.testkit.fault.Fault;
import dev.webtransport.testkit.quic.QuicEndpoint;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Perspective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One walk: carries commands out on a pair, next to the ledgers that know what must come of it. */
final class Walk {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final int READ_SIZE = 4_096;
    private static final String REASON = "because of the häßlich long reason that is given here";

    final EnginePair pair;
    final StreamLedger streams;
    final SessionLedger sessions;
    final DatagramLedger datagrams;
    final FrameLedger frames;
    final CreditLedger credit;
    private final List<Fault> faults = new ArrayList<>();
    private final List<Entry> log = new ArrayList<>();

    Walk(WalkSetup setup, Tampering tampering) {
        frames = new FrameLedger(setup);
        pair = setup.pair().listener(frames).tampering(tampering).build();
        streams = new StreamLedger(pair, setup);
        sessions = new SessionLedger(pair, setup);
        datagrams = new DatagramLedger(frames);
        credit = new CreditLedger(pair);
        if (setup.weather.duplicates()) {
            datagrams.mayDuplicate();
        }
    }

    /** What happened, line by line. */
    String log() {
        return log.stream().map(Entry::toString).collect(Collectors.joining("\n  "));
    }

    private record Entry(
            long nowNanos, Command command, @Nullable String done) {
        @Override
        public String toString() {
            String what = done == null ? "skipped" : done;
            return String.format("%9.3f ms  %-60s %s", nowNanos / NANOS_PER_MILLI, command.java(), what);
        }
    }

    /** Carries a command out, if it makes sense now, and looks whether everything is as it must be. */
    void run(Command command) {
        long before = pair.nowNanos();
        log.add(new Entry(before, command, act(command)));
        check();
    }

    void check() {
        streams.check();
        sessions.check();
        frames.check(pair);
        streams.checkForgotten();
        credit.check();
    }

    private @Nullable String act(Command command) {
        if (command instanceof Command.Drive) {
            pair.drive();
            return "";
        } else if (command instanceof Command.Step) {
            return pair.step() ? "moved" : "nothing moved";
        } else if (command instanceof Command.Pass pass) {
            pair.advance(Duration.ofMillis(pass.millis()));
            return "";
        }
        String done = actOnSession(command);
        done = done == null ? actOnStream(command) : done;
        done = done == null ? actOnNetwork(command) : done;
        return done == null ? actOnConnection(command) : done;
    }

    // ---- sessions

    private @Nullable String actOnSession(Command command) {
        if (command instanceof Command.Connect) {
            long id = pair.client().connect("/");
            return id < 0 ? null : "session " + id;
        } else if (command instanceof Command.Accept accept) {
            EngineSession session = session(Perspective.SERVER, accept.session(), EngineSession.State.REQUESTED);
            return session == null ? null : accept(session);
        } else if (command instanceof Command.Reject reject) {
            EngineSession session = session(Perspective.SERVER, reject.session(), EngineSession.State.REQUESTED);
            if (session == null || !pair.server().reject(session.id(), 404)) {
                return null;
            }
            sessions.rejected(session.id());
            return session.toString();
        } else if (command instanceof Command.Cancel cancel) {
            EngineSession session = session(Perspective.CLIENT, cancel.session(), EngineSession.State.ASKED);
            if (session == null || !pair.client().cancel(session.id())) {
                return null;
            }
            sessions.cancelled(session.id());
            return session.toString();
        } else if (command instanceof Command.Drain drain) {
            EngineSession session = session(drain.end(), drain.session(), EngineSession.State.OPEN);
            return session != null && pair.end(drain.end()).drain(session.id()) ? session.toString() : null;
        } else if (command instanceof Command.Close close) {
            EngineSession session = session(close.end(), close.session(), EngineSession.State.OPEN);
            String reason = REASON.substring(0, Math.min(close.reasonLength(), REASON.length()));
            return session == null ? null : close(close.end(), session, CloseInfo.of(close.code(), reason));
        }
        return null;
    }

    @Nullable
    String accept(EngineSession session) {
        if (!pair.server().accept(session.id())) {
            return null;
        }
        sessions.accepted(session.id());
        return session.toString();
    }

    String close(Perspective end, EngineSession session, CloseInfo info) {
        sessions.closes(end, session.id(), info);
        Invariant.PEACE.require(pair.end(end).close(session.id(), info), () -> session + " cannot be closed");
        return session.toString();
    }

    private @Nullable EngineSession session(Perspective end, int place, EngineSession.State state) {
        return pick(pair.end(end).sessions(), place, session -> session.state() == state);
    }

    // ---- streams and datagrams

    private @Nullable String actOnStream(Command command) {
        if (command instanceof Command.Open open) {
            EngineSession session = openOrAsked(open.end(), open.session());
            EngineStream stream = session == null ? null : pair.end(open.end()).openStream(session.id(), open.type());
            return stream == null ? null : stream.toString();
        } else if (command instanceof Command.Write write) {
            EngineStream stream = stream(write.end(), write.stream(), EngineStream::isWritable);
            return stream == null
                    ? null
                    : streams.sentBy(write.end(), stream.id()).write(stream, write.count()) + " bytes to " + stream;
        } else if (command instanceof Command.Finish finish) {
            EngineStream stream = stream(finish.end(), finish.stream(), EngineStream::isWritable);
            if (stream == null) {
                return null;
            }
            stream.finish();
            return stream.toString();
        } else if (command instanceof Command.Reset reset) {
            EngineStream stream = stream(reset.end(), reset.stream(), one -> one.canSend() && one.sendEnd() == null);
            if (stream == null) {
                return null;
            }
            streams.sentBy(reset.end(), stream.id()).reset(stream, reset.code());
            return stream.toString();
        } else if (command instanceof Command.Stop stop) {
            EngineStream stream = stream(stop.end(), stop.stream(), Walk::isReadable);
            if (stream == null) {
                return null;
            }
            streams.receivedBy(stop.end(), stream.id()).stop(stream, stop.code());
            return stream.toString();
        } else if (command instanceof Command.Read read) {
            EngineStream stream = stream(read.end(), read.stream(), Walk::isReadable);
            return stream == null || read.count() == 0
                    ? null
                    : streams.receivedBy(read.end(), stream.id()).read(stream, read.count()) + " bytes of " + stream;
        } else if (command instanceof Command.ReadAll read) {
            return readAll(read.end()) + " bytes";
        } else if (command instanceof Command.SendDatagram send) {
            EngineSession session = openOrAsked(send.end(), send.session());
            return session == null
                    ? null
                    : datagrams.send(pair.end(send.end()), session.id(), send.padding()) + " in " + session;
        } else if (command instanceof Command.ReceiveDatagrams receive) {
            return receiveDatagrams(receive.end()) + " datagrams";
        }
        return null;
    }

    /** Reads whatever has arrived at an end; how many bytes. */
    long readAll(Perspective end) {
        long count = 0;
        for (EngineStream stream : pair.end(end).streams()) {
            int read = READ_SIZE;
            while (read > 0 && isReadable(stream)) {
                read = streams.receivedBy(end, stream.id()).read(stream, READ_SIZE);
                count += read;
            }
        }
        return count;
    }

    int receiveDatagrams(Perspective end) {
        int count = 0;
        for (EngineSession session : pair.end(end).sessions()) {
            count += datagrams.receive(pair.end(end), session.id());
        }
        return count;
    }

    private static boolean isReadable(EngineStream stream) {
        return stream.canReceive() && stream.receiveEnd() == null;
    }

    private @Nullable EngineSession openOrAsked(Perspective end, int place) {
        return pick(
                pair.end(end).sessions(),
                place,
                session -> session.state() == EngineSession.State.OPEN || session.state() == EngineSession.State.ASKED);
    }

    private @Nullable EngineStream stream(Perspective end, int place, Predicate<EngineStream> which) {
        return pick(pair.end(end).streams(), place, which);
    }

    private static <T> @Nullable T pick(List<T> all, int place, Predicate<T> which) {
        List<T> fitting = all.stream().filter(which).toList();
        return fitting.isEmpty() ? null : fitting.get(place % fitting.size());
    }

    // ---- the network and the connection

    private @Nullable String actOnNetwork(Command command) {
        if (command instanceof Command.Change change) {
            if (change.weather().duplicates()) {
                datagrams.mayDuplicate();
            }
            pair.network().setConditions(change.weather().conditions());
        } else if (command instanceof Command.Cut cut) {
            pair.network().cut(cut.direction());
        } else if (command instanceof Command.Stall stall) {
            pair.network().stall(stall.direction());
        } else if (command instanceof Command.Heal) {
            heal();
        } else if (command instanceof Command.WithholdCredit withhold) {
            inject(Fault.withholdCredit(withhold.direction()));
        } else if (command instanceof Command.OneByteAtATime slow) {
            inject(Fault.oneByteAtATime(slow.direction()));
        } else if (command instanceof Command.DeliverFirst first) {
            inject(Fault.deliverFirst(first.direction()));
        } else if (command instanceof Command.DropDatagram drop) {
            inject(Fault.dropDatagram(drop.direction(), Math.max(drop.number(), 1)));
        } else if (command instanceof Command.DuplicateDatagram twice) {
            datagrams.mayDuplicate();
            inject(Fault.duplicateDatagram(twice.direction(), Math.max(twice.number(), 1)));
        } else if (command instanceof Command.StopReading stop) {
            EngineStream stream = stream(stop.end(), stop.stream(), Walk::isReadable);
            if (stream == null) {
                return null;
            }
            inject(Fault.stopReading(stop.end(), stream.id()));
        } else if (command instanceof Command.Lift) {
            lift();
        } else {
            return null;
        }
        return "";
    }

    private @Nullable String actOnConnection(Command command) {
        if (command instanceof Command.GoAway goAway) {
            pair.end(goAway.end()).goAway();
        } else if (command instanceof Command.CloseConnection close) {
            pair.end(close.end()).closeConnection("enough");
        } else if (command instanceof Command.Kill kill) {
            pair.network().kill(kill.end());
        } else if (command instanceof Command.CloseAtFrame close) {
            inject(Fault.closeAtFrame(close.direction(), Math.max(close.frames(), 1), close.closer(), 0x100, "fault"));
        } else {
            return null;
        }
        return "";
    }

    void heal() {
        pair.network().heal();
        pair.network().resume();
    }

    void lift() {
        for (Fault fault : faults) {
            pair.network().lift(fault);
        }
        faults.clear();
    }

    private void inject(Fault fault) {
        faults.add(fault);
        pair.network().inject(fault);
    }

    boolean isAlive() {
        QuicEndpoint client = pair.client().quic();
        QuicEndpoint server = pair.server().quic();
        return !client.isClosed() && !server.isClosed();
    }
}
