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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for all snapshots alike. */
class StatisticsTest {
    private static Object builder(Class<?> type) throws ReflectiveOperationException {
        return type.getMethod("builder").invoke(null);
    }

    private static Object build(Object builder) throws ReflectiveOperationException {
        return builder.getClass().getMethod("build").invoke(builder);
    }

    private static List<Method> setters(Object builder) {
        return Arrays.stream(builder.getClass().getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getParameterCount() == 1)
                .toList();
    }

    /** A value for a setter, and what its getter then answers. */
    private static Object some(Class<?> type) throws ReflectiveOperationException {
        if (type == long.class || type == Long.class) {
            return 5L;
        }
        if (type == Duration.class) {
            return Duration.ofNanos(5);
        }
        if (type == CloseInfo.class) {
            return CloseInfo.of(7, "done");
        }
        if (type == Initiator.class) {
            return Initiator.REMOTE;
        }
        return build(builder(type));
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                SessionStatistics.class,
                SendStreamStatistics.class,
                ReceiveStreamStatistics.class,
                FlowControlStatistics.class,
                TrafficStatistics.class,
                ClientStatistics.class,
                ServerStatistics.class
            })
    void every_number_is_kept_under_its_name_and_told_to_logs(Class<?> type) throws Exception {
        List<Method> setters = setters(builder(type));
        assertTrue(setters.size() >= 2);
        for (Method setter : setters) {
            Object builder = builder(type);
            Object value = some(setter.getParameterTypes()[0]);
            setter.invoke(builder, value);
            Object built = build(builder);
            Object told = type.getMethod(setter.getName()).invoke(built);
            boolean same = value.equals(told)
                    || Optional.of(value).equals(told)
                    || (value instanceof Long number && OptionalLong.of(number).equals(told));
            assertTrue(same, type.getSimpleName() + "." + setter.getName() + " tells " + told);
            assertTrue(built.toString().contains(setter.getName() + "=" + value), built.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                SessionStatistics.class,
                SendStreamStatistics.class,
                ReceiveStreamStatistics.class,
                FlowControlStatistics.class,
                TrafficStatistics.class,
                ClientStatistics.class,
                ServerStatistics.class
            })
    void negative_numbers_are_refused_by_name(Class<?> type) throws Exception {
        int refused = 0;
        for (Method setter : setters(builder(type))) {
            Class<?> parameter = setter.getParameterTypes()[0];
            boolean time = parameter == Duration.class;
            if (time || parameter == long.class || parameter == Long.class) {
                Object builder = builder(type);
                Object negative = time ? Duration.ofNanos(-1) : (Object) (-1L);
                InvocationTargetException thrown =
                        assertThrows(InvocationTargetException.class, () -> setter.invoke(builder, negative));
                assertTrue(thrown.getCause() instanceof IllegalArgumentException);
                assertTrue(thrown.getCause().getMessage().startsWith(setter.getName()));
                refused++;
            }
        }
        assertTrue(refused >= 2);
    }

    @Test
    void what_a_transport_does_not_tell_is_absent() {
        SendStreamStatistics sent = SendStreamStatistics.builder().bytesWritten(3).build();
        assertEquals(OptionalLong.empty(), sent.bytesSent());
        assertEquals(OptionalLong.empty(), sent.bytesAcknowledged());
        assertEquals("send stream bytesWritten=3", sent.toString());
        assertEquals(
                OptionalLong.empty(), ReceiveStreamStatistics.builder().build().bytesReceived());
    }

    @Test
    void streams_are_told_by_kind_and_by_who_opened_them() {
        SessionStatistics session = SessionStatistics.builder()
                .streams(StreamType.BIDIRECTIONAL, Initiator.LOCAL, 1, 0)
                .streams(StreamType.BIDIRECTIONAL, Initiator.REMOTE, 20, 10)
                .streams(StreamType.UNIDIRECTIONAL, Initiator.LOCAL, 300, 200)
                .streams(StreamType.UNIDIRECTIONAL, Initiator.REMOTE, 4000, 3000)
                .build();
        assertEquals(1, session.streamsOpened(StreamType.BIDIRECTIONAL, Initiator.LOCAL));
        assertEquals(10, session.streamsClosed(StreamType.BIDIRECTIONAL, Initiator.REMOTE));
        assertEquals(100, session.streamsOpen(StreamType.UNIDIRECTIONAL, Initiator.LOCAL));
        assertEquals(4000, session.streamsOpened(StreamType.UNIDIRECTIONAL, Initiator.REMOTE));
        assertEquals(4321, session.streamsOpened());
        assertEquals(3210, session.streamsClosed());
        assertEquals(1111, session.streamsOpen());
        assertTrue(session.toString().contains("UNIDIRECTIONAL/LOCAL=300 opened, 200 closed"), session.toString());
    }

    @Test
    void no_more_streams_are_over_than_there_were() {
        SessionStatistics.Builder builder = SessionStatistics.builder();
        assertThrows(
                IllegalArgumentException.class,
                () -> builder.streams(StreamType.BIDIRECTIONAL, Initiator.LOCAL, 1, 2));
        assertThrows(
                IllegalArgumentException.class,
                () -> builder.streams(StreamType.BIDIRECTIONAL, Initiator.LOCAL, -1, -1));
    }

    @Test
    void the_average_of_connect_times_is_that_of_the_successful_ones() {
        assertEquals(
                Optional.empty(),
                ClientStatistics.builder().connectsFailed(4).build().connectTimeAverage());
        assertEquals(
                Optional.of(Duration.ofMillis(25)),
                ClientStatistics.builder()
                        .connectsFailed(4)
                        .connectsSucceeded(2)
                        .connectTimeTotal(Duration.ofMillis(50))
                        .build()
                        .connectTimeAverage());
    }
}
