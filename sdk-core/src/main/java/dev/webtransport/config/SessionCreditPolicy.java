package dev.webtransport.config;

/** Who decides how much the peer may send in a session (draft-ietf-webtrans-http3-16, section 5). */
public enum SessionCreditPolicy {
    /** Nobody: this end offers no session flow control, and there is none. */
    OFF,
    /** The window: credit comes back as the application reads, and as streams end. */
    AUTOMATIC,
    /** The application, which grants credit itself. */
    MANUAL
}
