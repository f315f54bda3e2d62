package dev.webtransport.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineTest {
    @ParameterizedTest
    @EnumSource
    void an_engine_is_found_by_its_label(Engine engine) {
        assertSame(engine, Engine.of(engine.label()));
        assertSame(engine, Engine.of(engine.name()));
    }

    @Test
    void labels_are_in_lower_case() {
        assertEquals("netty", Engine.NETTY.label());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "quiche", "netty,kwik"})
    void another_name_is_refused_with_those_that_are_there(String label) {
        assertEquals(
                "expected one of auto, kwik, netty",
                assertThrows(IllegalArgumentException.class, () -> Engine.of(label))
                        .getMessage());
    }
}
