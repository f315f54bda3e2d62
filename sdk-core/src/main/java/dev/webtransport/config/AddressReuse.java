package dev.webtransport.config;

/** Whether a server may bind a port that something else has. */
public enum AddressReuse {
    /** Not at all: a port that is taken is told as such. */
    NONE,
    /**
     * As SO_REUSEADDR says, which for UDP differs from system to system: on Linux another socket with the same option may take the
     * port over.
     */
    ADDRESS,
    /**
     * Several sockets of the same user share the port, each with the packets of its own peers (SO_REUSEPORT): several processes serve
     * one port. The system chooses by the addresses of a packet, so a peer whose address changes meanwhile loses its
     * connection. Native sockets only.
     */
    PORT
}
