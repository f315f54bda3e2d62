package dev.webtransport.kwik;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The few fields of Kwik that are touched although Kwik hands them to nobody. Written for Kwik 0.10.8 with agent15 3.1. */
final class KwikFields {
    private static final Logger LOG = LoggerFactory.getLogger(KwikFields.class);

    private KwikFields() {}

    /**
     * Looks a field up, and warns where it cannot be had.
     *
     * @param type the class that has it
     * @param name of the field
     * @param without what happens where it is not there, for the warning
     * @return the field, or null
     */
    static @Nullable Field find(Class<?> type, String name, String without) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException | RuntimeException missing) {
            LOG.warn("This Kwik is not the one this engine was written for: {} ({})", without, missing.toString());
            return null;
        }
    }
}
