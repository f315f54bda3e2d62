package dev.webtransport.value;

/**
 * A group of streams with send orders of their own (W3C WebTransport, {@code WebTransportSendGroup}).
 *
 * <p>While a connection cannot carry everything at once, the groups of its sessions get equal shares of it, whatever the
 * orders in them; streams without a group are one more group for each session. Within a group the order alone counts.
 *
 * <p>A session makes it, and it serves the streams of that session only. It costs nothing and need not be closed. Only this SDK
 * implements it.
 */
public interface SendGroup {}
