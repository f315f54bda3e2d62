package dev.webtransport.async;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import kotlin.coroutines.Continuation;
import kotlin.jvm.functions.Function2;
import org.jspecify.annotations.Nullable;

/**
 * The one handle of each thing of the core, as long as the thing lives: two handles would each keep what arrived for their
 * own waiters ({@link Arrivals}).
 */
final class Handles<K, H> {
    private final ConcurrentMap<K, H> handles = new ConcurrentHashMap<>();
    private final Calls calls;
    private final Function<? super K, ? extends H> make;
    private final Function2<? super K, ? super Continuation<? super Object>, ? extends @Nullable Object> awaitEnd;

    Handles(
            Calls calls,
            Function<? super K, ? extends H> make,
            Function2<? super K, ? super Continuation<? super Object>, ? extends @Nullable Object> awaitEnd) {
        this.calls = calls;
        this.make = make;
        this.awaitEnd = awaitEnd;
    }

    H of(K thing) {
        H known = handles.get(thing);
        if (known != null) {
            return known;
        }
        H made = make.apply(thing);
        H earlier = handles.putIfAbsent(thing, made);
        if (earlier != null) {
            return earlier;
        }
        calls.<Object>run(
                continuation -> awaitEnd.invoke(thing, continuation), (end, failure) -> handles.remove(thing));
        return made;
    }
}
