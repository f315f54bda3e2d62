package dev.webtransport.netty;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The codes of the streams that a peer has stopped; bounded, so that a peer cannot make it grow. */
final class StopCodeTable {
    /** How many stopped streams are remembered; then the oldest makes room. About 100 bytes each, only when used. */
    static final int MAX_STREAMS = 1_024;

    private @Nullable Map<Long, Long> codes;

    /** Remembers a code; false if the stream has one already, which stays. */
    boolean put(long streamId, long errorCode) {
        Map<Long, Long> map = codes;
        if (map == null) {
            map = new LinkedHashMap<>();
            codes = map;
        }
        if (map.putIfAbsent(streamId, errorCode) != null) {
            return false;
        }
        if (map.size() > MAX_STREAMS) {
            map.remove(map.keySet().iterator().next());
        }
        return true;
    }

    @Nullable
    Long get(long streamId) {
        return codes == null ? null : codes.get(streamId);
    }

    void remove(long streamId) {
        if (codes != null) {
            codes.remove(streamId);
        }
    }
}
