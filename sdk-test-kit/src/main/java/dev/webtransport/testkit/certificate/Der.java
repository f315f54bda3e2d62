package dev.webtransport.testkit.certificate;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Writes the values of a certificate in DER (ITU-T X.690): each is a tag, a length and its content. */
final class Der {
    private static final DateTimeFormatter UTC_TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT);
    private static final DateTimeFormatter GENERALIZED_TIME =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT);
    private static final int FIRST_YEAR_OF_GENERALIZED_TIME = 2050;

    private Der() {}

    static byte[] sequence(byte[]... items) {
        return value(0x30, join(items));
    }

    static byte[] set(byte[]... items) {
        return value(0x31, join(items));
    }

    static byte[] integer(BigInteger number) {
        return value(0x02, number.toByteArray());
    }

    static byte[] octets(byte[] content) {
        return value(0x04, content);
    }

    static byte[] yes() {
        return value(0x01, new byte[] {(byte) 0xff});
    }

    static byte[] none() {
        return value(0x05, new byte[0]);
    }

    static byte[] utf8(String text) {
        return value(0x0c, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A bit string whose last byte has {@code unused} bits that do not count. */
    static byte[] bits(int unused, byte[] content) {
        return value(0x03, join(new byte[] {(byte) unused}, content));
    }

    /** A field that only its number tells apart, with other values in it. */
    static byte[] explicit(int number, byte[] content) {
        return value(0xa0 | number, content);
    }

    /** A field that only its number tells apart, with plain bytes in it. */
    static byte[] implicit(int number, byte[] content) {
        return value(0x80 | number, content);
    }

    /** An object identifier, written with dots. */
    static byte[] oid(String dotted) {
        String[] arcs = dotted.split("\\.");
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        writeBase128(content, 40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            writeBase128(content, Integer.parseInt(arcs[i]));
        }
        return value(0x06, content.toByteArray());
    }

    /** A point in time, in whole seconds; its form depends on the year (RFC 5280, section 4.1.2.5). */
    static byte[] time(Instant instant) {
        ZonedDateTime utc = instant.atZone(ZoneOffset.UTC);
        return utc.getYear() < FIRST_YEAR_OF_GENERALIZED_TIME
                ? value(0x17, UTC_TIME.format(utc).getBytes(StandardCharsets.US_ASCII))
                : value(0x18, GENERALIZED_TIME.format(utc).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] value(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 5);
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            byte[] length = BigInteger.valueOf(content.length).toByteArray();
            int skip = length[0] == 0 ? 1 : 0;
            out.write(0x80 | length.length - skip);
            out.write(length, skip, length.length - skip);
        }
        out.write(content, 0, content.length);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... items) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] item : items) {
            out.write(item, 0, item.length);
        }
        return out.toByteArray();
    }

    private static void writeBase128(ByteArrayOutputStream out, int arc) {
        int groups = 1;
        while (groups < 5 && arc >>> 7 * groups != 0) {
            groups++;
        }
        for (int group = groups - 1; group >= 0; group--) {
            out.write(arc >>> 7 * group & 0x7f | (group > 0 ? 0x80 : 0));
        }
    }
}
