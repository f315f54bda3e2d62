package dev.webtransport.testkit.engine;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Walks: random commands on an engine pair, with every invariant looked at after every command. */
final class EngineWalk {
    private EngineWalk() {}

    /** Walks the sequence of a seed; fails with the shortest sequence that shows the same. */
    static void run(long seed) {
        find(seed, () -> Tampering.NONE).ifPresent(finding -> {
            throw new AssertionError(finding.toString(), finding.broken);
        });
    }

    /** Walks a sequence as a failure has printed it. */
    static void replay(long seed, Command... commands) {
        Attempt attempt = attempt(seed, List.of(commands), Tampering.NONE);
        if (attempt.broken != null) {
            throw new AssertionError(
                    new Finding(seed, List.of(commands), attempt, commands.length, 1).toString(), attempt.broken);
        }
    }

    /** Walks with mistakes planted; empty when none shows. */
    static Optional<Finding> find(long seed, Supplier<Tampering> mistakes) {
        List<Command> commands = CommandGenerator.commands(seed);
        Attempt first = attempt(seed, commands, mistakes.get());
        if (first.broken == null) {
            return Optional.empty();
        }
        Invariant invariant = first.broken.invariant();
        Shrinker shrinker = new Shrinker(shorter -> {
            Invariant.Broken broken = attempt(seed, shorter, mistakes.get()).broken;
            return broken != null && broken.invariant() == invariant;
        });
        List<Command> shortest = shrinker.shrink(commands);
        Attempt last = attempt(seed, shortest, mistakes.get());
        return Optional.of(new Finding(seed, shortest, last, commands.size(), shrinker.attempts()));
    }

    private static Attempt attempt(long seed, List<Command> commands, Tampering mistakes) {
        @Nullable Walk walk = null;
        int done = 0;
        try {
            walk = new Walk(new WalkSetup(seed), mistakes);
            for (Command command : commands) {
                walk.run(command);
                done++;
            }
            new WindDown(walk).run();
            return new Attempt(null, done, "");
        } catch (Invariant.Broken broken) {
            return new Attempt(broken, done, walk == null ? "" : walk.log());
        } catch (RuntimeException thrown) {
            Invariant.Broken broken = new Invariant.Broken(Invariant.PEACE, thrown.toString(), thrown);
            return new Attempt(broken, done, walk == null ? "" : walk.log());
        }
    }

    /** What came of one sequence. */
    private record Attempt(Invariant.@Nullable Broken broken, int done, String log) {}

    /** A broken invariant, and the shortest way to it. */
    static final class Finding {
        final Invariant.Broken broken;
        final List<Command> commands;
        private final long seed;
        private final Attempt attempt;
        private final int originalLength;
        private final int attempts;

        private Finding(long seed, List<Command> commands, Attempt attempt, int originalLength, int attempts) {
            this.seed = seed;
            this.commands = commands;
            this.attempt = attempt;
            this.broken = attempt.broken;
            this.originalLength = originalLength;
            this.attempts = attempts;
        }

        @Override
        public String toString() {
            String when = attempt.done < commands.size()
                    ? "at command " + (attempt.done + 1) + " of " + commands.size()
                    : "at the end, after " + commands.size() + " commands";
            return broken.getMessage() + "\n"
                    + when + " (of " + originalLength + " before " + attempts + " attempts to shorten it), seed " + seed
                    + "\nwith " + new WalkSetup(seed)
                    + "\nto replay:\n  EngineWalk.replay("
                    + seed + "L"
                    + commands.stream()
                            .map(command -> ",\n      " + command.java())
                            .collect(Collectors.joining())
                    + ");\nwhat happened:\n  "
                    + attempt.log;
        }
    }
}
