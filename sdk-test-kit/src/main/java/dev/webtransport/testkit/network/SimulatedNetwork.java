package dev.webtransport.testkit.network;

import dev.webtransport.testkit.fault.Fault;
import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.value.Perspective;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A network under a test's control: conditions per direction, cuts, stalls, deaths and faults, which may change at any time.
 * All chance in it comes from one seed, so a test that prints the seed can be replayed exactly.
 *
 * <p>Safe for several threads; but only with one thread, or under virtual time, do two runs agree.
 */
public final class SimulatedNetwork {
    private final long seed;
    private final Map<Direction, NetworkConditions> conditions = new EnumMap<>(Direction.class);
    private final Set<Direction> cut = EnumSet.noneOf(Direction.class);
    private final Set<Direction> stalled = EnumSet.noneOf(Direction.class);
    private final Set<Perspective> dead = EnumSet.noneOf(Perspective.class);
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final List<Runnable> observers = new CopyOnWriteArrayList<>();

    /**
     * A perfect network.
     *
     * @param seed where all chance comes from, once conditions ask for any
     */
    public SimulatedNetwork(long seed) {
        this(seed, NetworkConditions.perfect());
    }

    /**
     * A network with the same conditions both ways.
     *
     * @param seed where all chance comes from
     * @param conditions how each direction carries what it is given
     */
    public SimulatedNetwork(long seed, NetworkConditions conditions) {
        this.seed = seed;
        for (Direction direction : Direction.values()) {
            this.conditions.put(direction, conditions);
        }
    }

    /**
     * Where all chance comes from.
     *
     * @return the seed
     */
    public long seed() {
        return seed;
    }

    /**
     * How a direction carries what it is given now.
     *
     * @param direction which way
     * @return the conditions
     */
    public synchronized NetworkConditions conditions(Direction direction) {
        return conditions.get(direction);
    }

    /**
     * Changes both directions; what is under way is not changed.
     *
     * @param conditions from now on
     */
    public void setConditions(NetworkConditions conditions) {
        for (Direction direction : Direction.values()) {
            setConditions(direction, conditions);
        }
    }

    /**
     * Changes one direction; what is under way is not changed.
     *
     * @param direction which way
     * @param conditions from now on
     */
    public void setConditions(Direction direction, NetworkConditions conditions) {
        synchronized (this) {
            this.conditions.put(direction, conditions);
        }
        changed();
    }

    /**
     * Cuts directions: datagrams are lost, also those under way; the rest waits until {@link #heal}, as QUIC repeats it then.
     * If that takes longer than the idle timeout, connections end with it.
     *
     * @param directions which; both if none is named
     */
    public void cut(Direction... directions) {
        synchronized (this) {
            cut.addAll(named(directions));
        }
        changed();
    }

    /**
     * Ends a cut: what waits is sent.
     *
     * @param directions which; both if none is named
     */
    public void heal(Direction... directions) {
        synchronized (this) {
            cut.removeAll(named(directions));
        }
        changed();
    }

    /**
     * Stalls directions: nothing arrives and nothing is lost until {@link #resume}.
     *
     * @param directions which; both if none is named
     */
    public void stall(Direction... directions) {
        synchronized (this) {
            stalled.addAll(named(directions));
        }
        changed();
    }

    /**
     * Ends a stall.
     *
     * @param directions which; both if none is named
     */
    public void resume(Direction... directions) {
        synchronized (this) {
            stalled.removeAll(named(directions));
        }
        changed();
    }

    /**
     * An end dies without a word: its connections are gone for it, and the peer hears nothing more and learns of it by its
     * idle timeout. New connections of that end come to life again.
     *
     * @param end which one
     */
    public void kill(Perspective end) {
        synchronized (this) {
            dead.add(end);
        }
        changed();
        synchronized (this) {
            dead.remove(end);
        }
    }

    /**
     * Lets something go wrong from now on.
     *
     * @param fault what
     */
    public void inject(Fault fault) {
        faults.add(fault);
        changed();
    }

    /**
     * Ends a fault: what it held back goes on.
     *
     * @param fault the one that was injected
     * @return false if it was not
     */
    public boolean lift(Fault fault) {
        boolean lifted = faults.removeIf(one -> one == fault);
        changed();
        return lifted;
    }

    /**
     * The faults at work, oldest first.
     *
     * @return a copy
     */
    public List<Fault> faults() {
        return new ArrayList<>(faults);
    }

    @Override
    public String toString() {
        return "simulated network with seed " + seed;
    }

    /**
     * Whether a handshake would get through: neither direction is cut or stalled.
     *
     * @return true if so
     */
    public synchronized boolean isReachable() {
        return cut.isEmpty() && stalled.isEmpty();
    }

    // ---- what links do

    List<Fault> activeFaults() {
        return faults;
    }

    /**
     * Calls the observer after each change, in the thread that made it; for who drives links.
     *
     * @param observer what to call
     */
    public void addObserver(Runnable observer) {
        observers.add(observer);
    }

    /**
     * Calls the observer no more.
     *
     * @param observer one that was added
     */
    public void removeObserver(Runnable observer) {
        observers.remove(observer);
    }

    /** Whether nothing at all happens to what is sent this way. */
    synchronized boolean carriesAllAtOnce(Direction direction) {
        return faults.isEmpty()
                && conditions.get(direction).isPerfect()
                && !cut.contains(direction)
                && !stalled.contains(direction);
    }

    synchronized boolean isCut(Direction direction) {
        return cut.contains(direction);
    }

    synchronized boolean isStalled(Direction direction) {
        return stalled.contains(direction);
    }

    synchronized boolean isDead(Perspective end) {
        return dead.contains(end);
    }

    private static Set<Direction> named(Direction... directions) {
        return directions.length == 0 ? EnumSet.allOf(Direction.class) : EnumSet.of(directions[0], directions);
    }

    private void changed() {
        for (Runnable observer : observers) {
            observer.run();
        }
    }
}
