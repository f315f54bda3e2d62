package dev.webtransport.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.webtransport.error.ProtocolViolation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import tech.kwik.qpack.Decoder;

class FieldSectionFuzzTest {
    private static final int LIMIT = 5_000;
    private static final Decoder OTHER = Decoder.newBuilder().build();

    /** Any section ends in bounded fields, which another implementation reads alike, or in a violation. */
    @FuzzTest
    void fieldSections(byte[] section) throws ProtocolViolation, IOException {
        List<Map.Entry<String, String>> fields;
        try {
            fields = FieldSection.decode(ByteBuffer.wrap(section), LIMIT);
        } catch (ProtocolViolation violation) {
            String what = Traces.violation(violation);
            assertTrue(
                    what.equals("CONNECTION QPACK_DECOMPRESSION_FAILED (0x200)")
                            || what.equals("STREAM H3_EXCESSIVE_LOAD (0x107)"),
                    what);
            return;
        }
        int size = 0;
        for (Map.Entry<String, String> field : fields) {
            size += 32 + field.getKey().length() + field.getValue().length();
        }
        assertTrue(size <= LIMIT, "size " + size);
        // The spaces it has lost in two entries of its static table do not count here.
        assertEquals(
                fields.toString().replace("; includesub", ";includesub"),
                OTHER.decodeStream(new ByteArrayInputStream(section))
                        .toString()
                        .replace("; includesub", ";includesub"));
        assertEquals(fields, FieldSection.decode(FieldSection.encode(fields), LIMIT));
    }
}
