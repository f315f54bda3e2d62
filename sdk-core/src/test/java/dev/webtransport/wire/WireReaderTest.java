package dev.webtransport.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireReaderTest {
    private static final byte[] EIGHT_BYTE_VARINT = {(byte) 0xc2, 0x19, 0x7c, 0x5e, (byte) 0xff, 0x14, (byte) 0xe8, 0x0c
    };

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void an_integer_that_is_not_there_as_a_whole_needs_more_and_stays(int length) {
        ByteBuffer source = ByteBuffer.wrap(EIGHT_BYTE_VARINT, 0, length);
        WireReader reader = new WireReader(source);

        assertEquals(WireReader.NEED_MORE, reader.readVarInt());
        assertEquals(0, reader.position());
        assertEquals(length, reader.remaining());
        assertEquals(0, source.position());
    }

    @Test
    void a_32_bit_number_is_unsigned_and_in_network_order() {
        ByteBuffer source = ByteBuffer.wrap(new byte[] {(byte) 0x87, 0x65, 0x43, 0x21, 1, 2, 3});
        WireReader reader = new WireReader(source);

        assertEquals(0x87654321L, reader.readUint32());
        assertEquals(WireReader.NEED_MORE, reader.readUint32());
        assertEquals(4, reader.position());
    }

    @Test
    void bytes_are_a_view_that_ends_where_it_was_asked_to() {
        ByteBuffer source = ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 4});
        WireReader reader = new WireReader(source);
        reader.skip(1);

        ByteBuffer view = reader.readBytes(2);

        assertNotNull(view);
        assertEquals(ByteBuffer.wrap(new byte[] {1, 2}), view);
        assertEquals(2, view.capacity());
        assertEquals(3, source.position());
        assertNull(reader.readBytes(3));
        assertEquals(3, source.position());
        assertEquals(ByteBuffer.allocate(0), reader.readBytes(0));
    }

    @Test
    void skipping_passes_over_what_is_there_and_says_how_much() {
        WireReader reader = new WireReader(ByteBuffer.allocate(5));

        assertEquals(3, reader.skip(3));
        assertEquals(2, reader.skip(Long.MAX_VALUE));
        assertEquals(0, reader.skip(1));
        assertEquals(5, reader.position());
    }
}
