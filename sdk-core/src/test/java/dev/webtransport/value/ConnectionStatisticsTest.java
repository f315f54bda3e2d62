package dev.webtransport.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ConnectionStatisticsTest {
    private static final List<Method> SETTERS = Arrays.stream(ConnectionStatistics.Builder.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getParameterCount() == 1)
            .toList();

    @Test
    void what_is_not_known_is_absent() throws Exception {
        ConnectionStatistics nothing = ConnectionStatistics.builder().build();
        for (Method setter : SETTERS) {
            Object value =
                    ConnectionStatistics.class.getMethod(setter.getName()).invoke(nothing);
            assertTrue(value.equals(OptionalLong.empty()) || value.equals(Optional.empty()), setter.getName());
        }
        assertEquals("connection statistics", nothing.toString());
    }

    @Test
    void every_counter_is_kept_under_its_name() throws Exception {
        assertTrue(SETTERS.size() >= 16);
        for (Method setter : SETTERS) {
            boolean time = setter.getParameterTypes()[0] == Duration.class;
            ConnectionStatistics.Builder builder = ConnectionStatistics.builder();
            setter.invoke(builder, time ? Duration.ofNanos(5) : (Object) 0L);
            ConnectionStatistics built = builder.build();
            Object value =
                    ConnectionStatistics.class.getMethod(setter.getName()).invoke(built);
            // Zero is a value, not an absence.
            assertEquals(time ? Optional.of(Duration.ofNanos(5)) : OptionalLong.of(0), value, setter.getName());
            assertEquals(
                    "connection statistics " + setter.getName() + "=" + (time ? "PT0.000000005S" : "0"),
                    built.toString());
        }
    }

    @Test
    void a_negative_counter_is_refused_by_name() {
        for (Method setter : SETTERS) {
            Object negative = setter.getParameterTypes()[0] == Duration.class ? Duration.ofNanos(-1) : (Object) (-1L);
            InvocationTargetException thrown = assertThrows(
                    InvocationTargetException.class, () -> setter.invoke(ConnectionStatistics.builder(), negative));
            assertTrue(thrown.getCause() instanceof IllegalArgumentException);
            assertTrue(
                    thrown.getCause().getMessage().startsWith(setter.getName()),
                    thrown.getCause().getMessage());
        }
    }
}
