package dev.webtransport.flow;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides who sends next on a connection that cannot carry everything at once (W3C WebTransport, section 5.3 of the
 * editor's draft: send order and send groups).
 *
 * <ul>
 *   <li>Who is in no group comes before everybody: that is the protocol's own traffic.
 *   <li>Groups are equals: the one that has sent the fewest bytes is next.
 *   <li>Within a group a higher order comes strictly first; a lower one sends only while no higher one is ready.
 *   <li>Equal orders of a group share: whoever has sent the fewest bytes is next.
 * </ul>
 *
 * <p>Fewest bytes means: since both were ready. Who comes back after a pause starts level with those who stayed, and has
 * saved up nothing. A sender that cannot go on (nothing to send, or no credit of its own) must be made
 * {@linkplain #setReady not ready}, and then holds nobody up.
 *
 * <p>Everything costs O(log n) in the number of ready senders. Not for several threads at once.
 *
 * @param <T> what a sender stands for
 */
public final class SendScheduler<T> {
    private final Map<Object, Group<T>> groups = new IdentityHashMap<>();
    private final TreeSet<Group<T>> ready = new TreeSet<>(BY_BYTES);
    private final Group<T> protocol = new Group<>();

    /** A group with more orders at once is not kept. */
    private static final int FEW = 8;

    /** What was left empty last, to be used again: short streams come and go one at a time. */
    private @Nullable Group<T> spareGroup;

    private @Nullable Level<T> spareLevel;

    /** What the group that was served last had sent before: where a group that comes back starts. */
    private long clock;

    private long numbers;
    private int readySenders;

    private static final Comparator<Share> BY_BYTES =
            Comparator.<Share>comparingLong(share -> share.bytes).thenComparingLong(share -> share.number);

    /** A scheduler without senders. */
    public SendScheduler() {}

    /** Something with a share of bytes among its equals. */
    private abstract static class Share {
        long number;
        long bytes;
    }

    private static final class Group<T> extends Share {
        /** All orders in use, whether somebody is ready there or not. */
        final Map<Long, Level<T>> levels = new HashMap<>();

        /** Whether its tables have grown, which do not shrink. */
        boolean wasLarge;

        /** Those at which somebody is ready, highest first. */
        final TreeMap<Long, Level<T>> readyLevels = new TreeMap<>(Collections.reverseOrder());
    }

    private static final class Level<T> {
        final TreeSet<Sender<T>> ready = new TreeSet<>(BY_BYTES);
        long clock;
        int senders;
    }

    /**
     * One who sends.
     *
     * @param <T> what it stands for
     */
    public static final class Sender<T> extends Share {
        private final T owner;
        private @Nullable Object groupKey;
        private long order;
        private Group<T> group;
        private Level<T> level;
        private boolean isReady;
        private boolean isRemoved;

        private Sender(T owner, long number, Group<T> group, Level<T> level) {
            this.owner = owner;
            this.number = number;
            this.group = group;
            this.level = level;
        }

        /**
         * What this sender stands for.
         *
         * @return what was added
         */
        public T owner() {
            return owner;
        }

        /**
         * Whether it has something to send and may send it.
         *
         * @return true if so
         */
        public boolean isReady() {
            return isReady;
        }
    }

    /**
     * Adds a sender, which is not ready yet.
     *
     * @param owner what it stands for
     * @param group its group, by identity; null for the protocol's own traffic, which comes before everybody
     * @param order its place in the group, higher first
     * @return the sender
     */
    public Sender<T> add(T owner, @Nullable Object group, long order) {
        Group<T> its = group(group);
        Sender<T> sender = new Sender<>(owner, ++numbers, its, level(its, order));
        enter(sender, group, order);
        return sender;
    }

    /**
     * Takes a sender out; no effect when it is out.
     *
     * @param sender which
     */
    public void remove(Sender<T> sender) {
        if (!sender.isRemoved) {
            setReady(sender, false);
            leave(sender);
            sender.isRemoved = true;
        }
    }

    /**
     * Moves a sender to another group or order; where it comes to, it starts level with the others.
     *
     * @param sender which
     * @param group its new group
     * @param order its new order
     */
    public void prioritize(Sender<T> sender, @Nullable Object group, long order) {
        if (sender.isRemoved || (sender.groupKey == group && sender.order == order)) {
            return;
        }
        boolean wasReady = sender.isReady;
        setReady(sender, false);
        leave(sender);
        sender.group = group(group);
        sender.level = level(sender.group, order);
        enter(sender, group, order);
        setReady(sender, wasReady);
    }

    /**
     * Says whether a sender has something to send and may send it.
     *
     * @param sender which; no effect on one that was removed
     * @param isReady true if so
     */
    public void setReady(Sender<T> sender, boolean isReady) {
        if (sender.isRemoved || sender.isReady == isReady) {
            return;
        }
        sender.isReady = isReady;
        Group<T> group = sender.group;
        Level<T> level = sender.level;
        if (isReady) {
            readySenders++;
            sender.bytes = Math.max(sender.bytes, level.clock);
            level.ready.add(sender);
            if (level.ready.size() == 1) {
                group.readyLevels.put(sender.order, level);
                if (group != protocol && group.readyLevels.size() == 1) {
                    group.bytes = Math.max(group.bytes, clock);
                    ready.add(group);
                }
            }
        } else {
            readySenders--;
            level.ready.remove(sender);
            if (level.ready.isEmpty()) {
                group.readyLevels.remove(sender.order);
                if (group != protocol && group.readyLevels.isEmpty()) {
                    ready.remove(group);
                }
            }
        }
    }

    /**
     * Who sends next.
     *
     * @return the sender, or null when nobody is ready
     */
    public @Nullable Sender<T> peek() {
        if (readySenders == 0) {
            return null;
        }
        Group<T> group = protocol.readyLevels.isEmpty() ? ready.first() : protocol;
        return group.readyLevels.firstEntry().getValue().ready.first();
    }

    /**
     * Counts what a sender has sent; whoever has sent less than it may be next then.
     *
     * @param sender which; no effect on one that was removed
     * @param bytes how many
     */
    public void handleSent(Sender<T> sender, long bytes) {
        if (sender.isRemoved || bytes == 0) {
            return;
        }
        Group<T> group = sender.group;
        Level<T> level = sender.level;
        // Who is alone keeps its place.
        boolean moves = level.ready.size() > 1 && level.ready.remove(sender);
        level.clock = Math.max(level.clock, sender.bytes);
        sender.bytes += bytes;
        if (moves) {
            level.ready.add(sender);
        }
        if (group != protocol) {
            boolean groupMoves = ready.size() > 1 && ready.remove(group);
            clock = Math.max(clock, group.bytes);
            group.bytes += bytes;
            if (groupMoves) {
                ready.add(group);
            }
        }
    }

    /**
     * How many senders are ready.
     *
     * @return the number
     */
    public int readySenders() {
        return readySenders;
    }

    /** What is held of groups and orders, for tests: it must go with its senders. */
    int held() {
        int levels = protocol.levels.size();
        for (Group<T> group : groups.values()) {
            levels += group.levels.size();
        }
        return groups.size() + levels;
    }

    private void enter(Sender<T> sender, @Nullable Object key, long order) {
        sender.groupKey = key;
        sender.order = order;
        sender.level.senders++;
        sender.bytes = sender.level.clock;
    }

    private void leave(Sender<T> sender) {
        Group<T> group = sender.group;
        Level<T> level = sender.level;
        if (--level.senders == 0) {
            group.levels.remove(sender.order);
            level.clock = 0;
            spareLevel = level;
            if (group != protocol && group.levels.isEmpty()) {
                groups.remove(sender.groupKey);
                group.bytes = 0;
                spareGroup = group.wasLarge ? null : group;
            }
        }
    }

    private Group<T> group(@Nullable Object key) {
        if (key == null) {
            return protocol;
        }
        Group<T> group = groups.get(key);
        if (group == null) {
            group = spareGroup == null ? new Group<>() : spareGroup;
            spareGroup = null;
            group.number = ++numbers;
            groups.put(key, group);
        }
        return group;
    }

    private Level<T> level(Group<T> group, long order) {
        Level<T> level = group.levels.get(order);
        if (level == null) {
            level = spareLevel == null ? new Level<>() : spareLevel;
            spareLevel = null;
            group.levels.put(order, level);
            group.wasLarge |= group.levels.size() > FEW;
        }
        return level;
    }
}
