package dev.webtransport.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A sender and a receiver with everything on its way between them for as long as chance wants. */
class FlowModelTest {
    private static final int RUNS = 3_000;
    private static final int STEPS = 400;

    @Test
    void credit_is_conserved_and_never_runs_dry_for_good() {
        long seed = System.nanoTime();
        for (int run = 0; run < RUNS; run++) {
            new Model(seed + run).run();
        }
    }

    private static final class Model {
        private final long seed;
        private final Random random;
        private final long window;
        private final SendCredit credit;
        private final ReceiveWindow receive;
        private final Deque<Long> bytes = new ArrayDeque<>();
        private final Deque<Long> limits = new ArrayDeque<>();
        private final Deque<Long> blocks = new ArrayDeque<>();
        private long sent;
        private long arrived;
        private long waiting;
        private long lost;
        private long lastLimit;

        Model(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.window = 1 + random.nextInt(200);
            long initial = random.nextInt(3) == 0 ? 0 : random.nextInt(400);
            this.credit = new SendCredit(initial);
            this.receive = ReceiveWindow.automatic(initial, window, CreditKind.DATA.largest());
            this.lastLimit = initial;
            poll();
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                step();
                check();
            }
            // A network that works and a reader that reads: whatever was lost, all that is wanted goes through.
            long goal = sent + 5 * window;
            for (int round = 0; sent < goal; round++) {
                assertTrue(round < 1_000, () -> "it came to a stop: " + this);
                send(window);
                while (!bytes.isEmpty() || !limits.isEmpty() || !blocks.isEmpty() || waiting > 0) {
                    arrive();
                    take(waiting);
                    hear();
                    hearBlocked();
                }
                check();
            }
        }

        private void step() {
            switch (random.nextInt(7)) {
                case 0, 1 -> send(1 + random.nextInt(100));
                case 2 -> arrive();
                case 3 -> take(waiting == 0 ? 0 : 1 + random.nextInt((int) waiting));
                case 4 -> hear();
                case 5 -> hearBlocked();
                default -> {
                    if (random.nextInt(4) == 0) {
                        lose();
                    }
                }
            }
        }

        private void send(long wanted) {
            long taken = credit.take(wanted);
            long unused = taken == 0 ? 0 : random.nextInt((int) taken);
            credit.giveBack(unused);
            sent += taken - unused;
            if (taken > unused) {
                bytes.add(taken - unused);
            }
            if (taken < wanted && unused == 0 && credit.block()) {
                blocks.add(credit.pollBlocked());
            }
        }

        private void arrive() {
            Long came = bytes.poll();
            if (came != null) {
                assertTrue(receive.receive(came), () -> "an honest peer is accused: " + this);
                arrived += came;
                waiting += came;
            }
        }

        private void take(long count) {
            waiting -= count;
            receive.consume(count);
            poll();
        }

        private void hear() {
            Long limit = limits.poll();
            if (limit != null) {
                assertEquals(SendCredit.Raise.RAISED, credit.raise(limit), this::toString);
            }
        }

        private void hearBlocked() {
            Long at = blocks.poll();
            if (at != null) {
                receive.handleBlocked(at);
                poll();
            }
        }

        /** A stream is reset: what is on its way in it never comes. */
        private void lose() {
            Long gone = bytes.poll();
            if (gone != null) {
                lost += gone;
                receive.abandon();
                poll();
            }
        }

        private void poll() {
            long limit = receive.pollGrant();
            if (limit != SendCredit.NOTHING) {
                assertTrue(limit > lastLimit, this::toString);
                lastLimit = limit;
                limits.add(limit);
            }
        }

        private void check() {
            long under = bytes.stream().mapToLong(Long::longValue).sum();
            assertEquals(sent, credit.used(), this::toString);
            assertEquals(sent, arrived + under + lost, this::toString);
            assertEquals(arrived, receive.received(), this::toString);
            assertTrue(credit.used() <= credit.limit(), this::toString);
            assertTrue(credit.limit() <= receive.limit(), this::toString);
        }

        @Override
        public String toString() {
            return "seed " + seed + ", window " + window + ": sent " + credit + "; received " + receive + "; lost "
                    + lost;
        }
    }
}
