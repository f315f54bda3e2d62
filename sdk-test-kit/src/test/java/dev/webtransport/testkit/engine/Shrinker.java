package dev.webtransport.testkit.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a sequence that fails shorter as long as it still fails: first large pieces are taken away, then smaller ones, then
 * single commands, and at last numbers are made simpler. Ends after a bounded number of attempts with the best one so far.
 */
final class Shrinker {
    static final int MAX_ATTEMPTS = 2_000;

    private final Predicate<List<Command>> fails;
    private int attempts;

    Shrinker(Predicate<List<Command>> fails) {
        this.fails = fails;
    }

    int attempts() {
        return attempts;
    }

    List<Command> shrink(List<Command> failing) {
        List<Command> best = failing;
        List<Command> before;
        do {
            before = best;
            best = simplify(shorten(best));
        } while (!best.equals(before) && attempts < MAX_ATTEMPTS);
        return best;
    }

    private List<Command> shorten(List<Command> failing) {
        List<Command> best = failing;
        int piece = Math.max(best.size() / 2, 1);
        while (true) {
            boolean shorter = false;
            // From the end: what comes last is least often what the rest depends on.
            for (int to = best.size(); to > 0; to = Math.min(to - piece, best.size())) {
                List<Command> candidate = new ArrayList<>(best.subList(0, Math.max(to - piece, 0)));
                candidate.addAll(best.subList(to, best.size()));
                if (stillFails(candidate)) {
                    best = candidate;
                    shorter = true;
                }
            }
            if (piece == 1 && !shorter) {
                return best;
            }
            piece = Math.max(piece / 2, 1);
        }
    }

    private List<Command> simplify(List<Command> failing) {
        List<Command> best = failing;
        for (int i = 0; i < best.size(); i++) {
            boolean simpler = true;
            while (simpler) {
                simpler = false;
                for (Command candidate : best.get(i).simpler()) {
                    List<Command> changed = new ArrayList<>(best);
                    changed.set(i, candidate);
                    if (stillFails(changed)) {
                        best = changed;
                        simpler = true;
                        break;
                    }
                }
            }
        }
        return best;
    }

    private boolean stillFails(List<Command> candidate) {
        if (attempts == MAX_ATTEMPTS) {
            return false;
        }
        attempts++;
        return fails.test(candidate);
    }
}
