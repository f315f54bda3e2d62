package dev.webtransport.engine.http3;

/** Whether the bytes of a stream are its last. */
public enum Fin {
    /** More may follow. */
    NO,
    /** The stream ends behind these bytes, cleanly. */
    YES
}
