package dev.webtransport.config;

import java.util.Objects;

/**
 * How the UDP sockets of an engine are set up, where it has any and can ({@code TransportCapability.SOCKET_OPTIONS}): a server has one for each
 * address that it listens on, a client one for each connection. The operating system may do less than is asked of it, and does not say so.
 */
public final class SocketConfig {
    private final int receiveBufferSize;
    private final int sendBufferSize;
    private final AddressReuse addressReuse;
    private final int dscp;

    private SocketConfig(Builder builder) {
        this.receiveBufferSize = builder.receiveBufferSize;
        this.sendBufferSize = builder.sendBufferSize;
        this.addressReuse = builder.addressReuse;
        this.dscp = builder.dscp;
    }

    /**
     * Every default.
     *
     * @return the settings
     */
    public static SocketConfig defaults() {
        return builder().build();
    }

    /**
     * A builder that starts with the defaults.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder that starts with these settings.
     *
     * @return the builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * How many bytes the system keeps that were received and not read.
     *
     * @return how many bytes the system keeps that were received and not read
     */
    public int receiveBufferSize() {
        return receiveBufferSize;
    }

    /**
     * How many bytes the system keeps that are to be sent.
     *
     * @return how many bytes the system keeps that are to be sent
     */
    public int sendBufferSize() {
        return sendBufferSize;
    }

    /**
     * Whether a server may bind a port that something else has.
     *
     * @return whether a server may bind a port that something else has
     */
    public AddressReuse addressReuse() {
        return addressReuse;
    }

    /**
     * The class of service that packets are marked with.
     *
     * @return the class of service that packets are marked with
     */
    public int dscp() {
        return dscp;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SocketConfig that
                && receiveBufferSize == that.receiveBufferSize
                && sendBufferSize == that.sendBufferSize
                && addressReuse == that.addressReuse
                && dscp == that.dscp;
    }

    @Override
    public int hashCode() {
        return Objects.hash(receiveBufferSize, sendBufferSize, addressReuse, dscp);
    }

    @Override
    public String toString() {
        return "receiveBufferSize=" + receiveBufferSize + " sendBufferSize=" + sendBufferSize + " addressReuse="
                + addressReuse + " dscp=" + dscp;
    }

    /** Collects settings; each is checked when it is set. Not for several threads at once. */
    public static final class Builder {
        private int receiveBufferSize = 4 << 20;
        private int sendBufferSize = 4 << 20;
        private AddressReuse addressReuse = AddressReuse.NONE;
        private int dscp;

        private Builder() {}

        private Builder(SocketConfig from) {
            this.receiveBufferSize = from.receiveBufferSize;
            this.sendBufferSize = from.sendBufferSize;
            this.addressReuse = from.addressReuse;
            this.dscp = from.dscp;
        }

        /**
         * How many bytes the system keeps that were received and not read (SO_RCVBUF); what comes beyond is lost, and sent again by the peer.
         * Default 4 MiB: about 20 ms at 1.6 Gbit/s. Linux gives at most {@code net.core.rmem_max}, often 208 KiB, unless its
         * administrator raises that. The memory is the system's, and used only while packets wait.
         *
         * @param receiveBufferSize the value
         * @return this
         * @throws IllegalArgumentException if outside 4 KiB to 1 GiB
         */
        public Builder receiveBufferSize(int receiveBufferSize) {
            this.receiveBufferSize = (int) Check.range("socket.receiveBufferSize", receiveBufferSize, 4 << 10, 1 << 30);
            return this;
        }

        /**
         * How many bytes the system keeps that are to be sent (SO_SNDBUF); the engine waits when it is full. Default 4 MiB,
         * as above; Linux gives at most {@code net.core.wmem_max}.
         *
         * @param sendBufferSize the value
         * @return this
         * @throws IllegalArgumentException if outside 4 KiB to 1 GiB
         */
        public Builder sendBufferSize(int sendBufferSize) {
            this.sendBufferSize = (int) Check.range("socket.sendBufferSize", sendBufferSize, 4 << 10, 1 << 30);
            return this;
        }

        /**
         * Whether a server may bind a port that something else has. Default NONE: two servers on one port are most often a mistake. Clients
         * do not follow it.
         *
         * @param addressReuse the value
         * @return this
         */
        public Builder addressReuse(AddressReuse addressReuse) {
            this.addressReuse = Objects.requireNonNull(addressReuse, "addressReuse");
            return this;
        }

        /**
         * The class of service that packets are marked with (the differentiated services code point, RFC 2474): the upper six bits
         * of what IP_TOS and IPV6_TCLASS set; the other two belong to congestion control. Routers may honour, change or ignore it.
         * Default 0, best effort; 34 (AF41) is usual for interactive video, 46 (EF) for voice.
         *
         * @param dscp the value
         * @return this
         * @throws IllegalArgumentException if outside 0 to 63
         */
        public Builder dscp(int dscp) {
            this.dscp = (int) Check.range("socket.dscp", dscp, 0, 63);
            return this;
        }

        /**
         * The settings.
         *
         * @return an immutable value
         */
        public SocketConfig build() {
            return new SocketConfig(this);
        }
    }
}
