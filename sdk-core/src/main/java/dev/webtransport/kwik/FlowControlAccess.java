package dev.webtransport.kwik;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;
import tech.kwik.core.QuicStream;
import tech.kwik.core.impl.QuicClientConnectionImpl;
import tech.kwik.core.impl.QuicConnectionImpl;
import tech.kwik.core.stream.FlowControl;

/**
 * Makes Kwik forget streams that were reset. Kwik takes a stream out of its flow control when its last byte has left, but not when
 * it was reset: some 1 kB stays for each while the connection lives. A client hands its flow control out; a server
 * does not, so a protected field is read there. Where the field is not there, resets cost memory until the connection ends.
 */
final class FlowControlAccess {
    private static final @Nullable Field FIELD =
            KwikFields.find(QuicConnectionImpl.class, "flowController", "streams that a server resets are kept");

    private FlowControlAccess() {}

    /** Whether streams that a server resets are forgotten. */
    static boolean isComplete() {
        return FIELD != null;
    }

    /**
     * Takes a stream out of flow control, after its RESET_STREAM has left.
     *
     * @param connection of the stream
     * @param stream which
     */
    static void forget(QuicConnectionImpl connection, QuicStream stream) {
        FlowControl flowControl = flowControl(connection);
        if (flowControl != null) {
            flowControl.unregister(stream);
            flowControl.streamClosed(stream);
        }
    }

    private static @Nullable FlowControl flowControl(QuicConnectionImpl connection) {
        if (connection instanceof QuicClientConnectionImpl) {
            return ((QuicClientConnectionImpl) connection).getFlowController();
        }
        try {
            return FIELD == null ? null : (FlowControl) FIELD.get(connection);
        } catch (IllegalAccessException failed) {
            throw new IllegalStateException("a look into Kwik failed", failed);
        }
    }
}
