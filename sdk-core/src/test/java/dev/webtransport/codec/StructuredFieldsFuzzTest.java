package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

class StructuredFieldsFuzzTest {
    /** Any field is a list that survives being written, or none. */
    @FuzzTest
    void fields(byte[] bytes) {
        String field = new String(bytes, StandardCharsets.ISO_8859_1);
        Optional<List<String>> list = StructuredFields.parseStringList(field);
        if (list.isPresent()) {
            assertEquals(list, StructuredFields.parseStringList(StructuredFields.serializeStringList(list.get())));
        }
        Optional<String> item = StructuredFields.parseString(field);
        if (item.isPresent()) {
            assertEquals(item, StructuredFields.parseString(StructuredFields.serializeString(item.get())));
            assertEquals(Optional.of(List.of(item.get())), list);
        }
    }
}
