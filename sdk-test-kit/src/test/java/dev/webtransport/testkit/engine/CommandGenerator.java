package dev.webtransport.testkit.engine;

import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Makes sequences of commands from a seed, weighted so that sessions live long enough for something to happen in them. */
final class CommandGenerator {
    private static final int MIN_LENGTH = 10;
    private static final int MAX_LENGTH = 90;
    private static final int MAX_PLACE = 6;

    private final Random random;
    private final List<Supplier<Command>> choices = new ArrayList<>();

    private CommandGenerator(long seed) {
        this.random = new Random(~seed);
        commands();
    }

    static List<Command> commands(long seed) {
        return new CommandGenerator(seed).sequence();
    }

    private List<Command> sequence() {
        List<Command> commands = new ArrayList<>();
        if (random.nextInt(8) > 0) {
            commands.add(new Command.Pass(100));
            commands.add(new Command.Connect());
            commands.add(new Command.Pass(100));
            commands.add(new Command.Accept(0));
            for (int streams = random.nextInt(4); streams > 0; streams--) {
                Perspective opener = end();
                commands.add(new Command.Open(opener, 0, type()));
                commands.add(new Command.Write(opener, place(), count()));
            }
        }
        int length = MIN_LENGTH + random.nextInt(MAX_LENGTH - MIN_LENGTH);
        while (commands.size() < length) {
            commands.add(choices.get(random.nextInt(choices.size())).get());
        }
        return commands;
    }

    private void commands() {
        sessions();
        streams();
        network();
    }

    private void sessions() {
        add(4, Command.Connect::new);
        add(5, () -> new Command.Accept(place()));
        add(1, () -> new Command.Reject(place()));
        add(1, () -> new Command.Cancel(place()));
        add(1, () -> new Command.Drain(end(), place()));
        add(3, () -> new Command.Close(end(), place(), code(CloseInfo.MAX_CODE), random.nextInt(40)));
        add(8, () -> new Command.SendDatagram(end(), place(), random.nextInt(60)));
        add(3, () -> new Command.ReceiveDatagrams(end()));
    }

    private void streams() {
        add(16, () -> new Command.Open(end(), place(), type()));
        add(20, () -> new Command.Write(end(), place(), count()));
        add(5, () -> new Command.Finish(end(), place()));
        add(3, () -> new Command.Reset(end(), place(), code(CloseInfo.MAX_CODE)));
        add(3, () -> new Command.Stop(end(), place(), code(CloseInfo.MAX_CODE)));
        add(12, () -> new Command.Read(end(), place(), 1 + random.nextInt(300)));
        add(5, () -> new Command.ReadAll(end()));
    }

    private void network() {
        add(8, Command.Step::new);
        add(14, Command.Drive::new);
        add(7, () -> new Command.Pass(1 + random.nextInt(random.nextInt(8) == 0 ? 3_000 : 100)));
        add(3, () -> new Command.Change(Weather.values()[random.nextInt(Weather.values().length)]));
        add(1, () -> new Command.Cut(direction()));
        add(1, () -> new Command.Stall(direction()));
        add(4, Command.Heal::new);
        add(1, () -> new Command.WithholdCredit(direction()));
        add(1, () -> new Command.OneByteAtATime(direction()));
        add(1, () -> new Command.DeliverFirst(direction()));
        add(1, () -> new Command.DropDatagram(direction(), 1 + random.nextInt(4)));
        add(1, () -> new Command.DuplicateDatagram(direction(), 1 + random.nextInt(4)));
        add(1, () -> new Command.StopReading(end(), place()));
        add(3, Command.Lift::new);
        add(1, this::lastThing);
    }

    /** What ends a connection, or nearly. */
    private Command lastThing() {
        return switch (random.nextInt(4)) {
            case 0 -> new Command.Kill(end());
            case 1 -> new Command.CloseConnection(end());
            case 2 -> new Command.CloseAtFrame(direction(), 1 + random.nextInt(60), end());
            default -> new Command.GoAway(end());
        };
    }

    private void add(int weight, Supplier<Command> choice) {
        for (int i = 0; i < weight; i++) {
            choices.add(choice);
        }
    }

    private int place() {
        return random.nextInt(MAX_PLACE);
    }

    private Perspective end() {
        return random.nextBoolean() ? Perspective.CLIENT : Perspective.SERVER;
    }

    private Direction direction() {
        return Direction.from(end());
    }

    private StreamType type() {
        return random.nextBoolean() ? StreamType.BIDIRECTIONAL : StreamType.UNIDIRECTIONAL;
    }

    /** Mostly less than a packet, sometimes more than any window. */
    private int count() {
        return switch (random.nextInt(6)) {
            case 0 -> 1;
            case 1 -> 1 + random.nextInt(5_000);
            default -> 1 + random.nextInt(200);
        };
    }

    /** Often at the edges. */
    private long code(long max) {
        return switch (random.nextInt(4)) {
            case 0 -> max;
            case 1 -> random.nextInt(100);
            default -> (long) (random.nextDouble() * max);
        };
    }
}
