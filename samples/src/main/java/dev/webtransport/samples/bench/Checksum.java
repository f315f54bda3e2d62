package dev.webtransport.samples.bench;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Count and CRC-32C of what passed. */
public final class Checksum {
    private final CRC32C crc = new CRC32C();
    private long count;

    /** Of nothing yet. */
    public Checksum() {}

    /**
     * Takes all that remains.
     *
     * @param bytes what passed
     */
    public void add(ByteBuffer bytes) {
        count += bytes.remaining();
        crc.update(bytes);
    }

    /** How many bytes passed. @return their number */
    public long count() {
        return count;
    }

    /** What a server answers: the count, then the checksum. */
    @Override
    public String toString() {
        return count + " " + Long.toHexString(crc.getValue());
    }
}
