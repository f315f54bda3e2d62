package dev.webtransport.testkit.engine;

import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing that happens in a walk. Sessions and streams are named by their place among those for which the command makes
 * sense in that moment, whatever their number, so that a command keeps a meaning when those ahead of it are taken away.
 */
sealed interface Command {
    record Connect() implements Command {}

    record Accept(int session) implements Command {}

    record Reject(int session) implements Command {}

    record Cancel(int session) implements Command {}

    record Open(Perspective end, int session, StreamType type) implements Command {}

    record Write(Perspective end, int stream, int count) implements Command {}

    record Finish(Perspective end, int stream) implements Command {}

    record Reset(Perspective end, int stream, long code) implements Command {}

    record Stop(Perspective end, int stream, long code) implements Command {}

    record Read(Perspective end, int stream, int count) implements Command {}

    record ReadAll(Perspective end) implements Command {}

    record SendDatagram(Perspective end, int session, int padding) implements Command {}

    record ReceiveDatagrams(Perspective end) implements Command {}

    record Drain(Perspective end, int session) implements Command {}

    record Close(Perspective end, int session, long code, int reasonLength) implements Command {}

    record GoAway(Perspective end) implements Command {}

    record CloseConnection(Perspective end) implements Command {}

    record Step() implements Command {}

    record Drive() implements Command {}

    record Pass(int millis) implements Command {}

    record Change(Weather weather) implements Command {}

    record Cut(Direction direction) implements Command {}

    record Stall(Direction direction) implements Command {}

    record Heal() implements Command {}

    record Kill(Perspective end) implements Command {}

    record WithholdCredit(Direction direction) implements Command {}

    record OneByteAtATime(Direction direction) implements Command {}

    record DeliverFirst(Direction direction) implements Command {}

    record DropDatagram(Direction direction, int number) implements Command {}

    record DuplicateDatagram(Direction direction, int number) implements Command {}

    record StopReading(Perspective end, int stream) implements Command {}

    record CloseAtFrame(Direction direction, int frames, Perspective closer) implements Command {}

    record Lift() implements Command {}

    /** The expression that makes it. */
    default String java() {
        return "new Command." + getClass().getSimpleName()
                + values().stream().map(Command::java).collect(Collectors.joining(", ", "(", ")"));
    }

    /** The same with simpler numbers, the simplest first. */
    default List<Command> simpler() {
        List<Command> found = new ArrayList<>();
        List<Object> values = values();
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) instanceof Number number) {
                for (long candidate : new long[] {0, 1, number.longValue() / 2, number.longValue() - 1}) {
                    if (candidate >= 0 && candidate < number.longValue()) {
                        List<Object> changed = new ArrayList<>(values);
                        changed.set(i, number instanceof Integer ? (Object) (int) candidate : (Object) candidate);
                        found.add(with(changed));
                    }
                }
            }
        }
        return found;
    }

    private List<Object> values() {
        try {
            List<Object> values = new ArrayList<>();
            for (RecordComponent component : getClass().getRecordComponents()) {
                values.add(component.getAccessor().invoke(this));
            }
            return values;
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Command with(List<Object> values) {
        try {
            Class<?>[] types = Arrays.stream(getClass().getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            return getClass().getDeclaredConstructor(types).newInstance(values.toArray());
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static String java(Object value) {
        if (value instanceof Enum<?> constant) {
            return constant.getDeclaringClass().getSimpleName() + "." + constant.name();
        }
        return value instanceof Long ? value + "L" : value.toString();
    }
}
