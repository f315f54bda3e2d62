package dev.webtransport.config;

import static dev.webtransport.config.SettingType.COUNT;
import static dev.webtransport.config.SettingType.DURATION;
import static dev.webtransport.config.SettingType.LONG_SIZE;
import static dev.webtransport.config.SettingType.NUMBERS;
import static dev.webtransport.config.SettingType.PATH;
import static dev.webtransport.config.SettingType.SIZE;
import static dev.webtransport.config.SettingType.items;
import static dev.webtransport.config.SettingType.known;
import static dev.webtransport.config.SettingType.list;
import static dev.webtransport.config.SettingType.oneOf;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Every option that can be set by a key, a row each: a new option of a builder is one more row here. TLS, which needs files, is
 * in {@link ConfigMap}.
 */
final class SettingTables {
    private static final SettingType<Long> LONG_COUNT =
            SettingType.of(COUNT.expectation(), Long::valueOf, number -> Long.toString(number));

    private static final SettingType<Set<WebTransportDraft>> DRAFTS = SettingType.of(
            "drafts, separated by commas, among "
                    + Arrays.stream(WebTransportDraft.values())
                            .map(WebTransportDraft::label)
                            .collect(Collectors.joining(", ")),
            text -> items(text).stream().map(SettingTables::draft).collect(Collectors.toSet()),
            drafts -> drafts.stream().sorted().map(WebTransportDraft::label).collect(Collectors.joining(", ")));

    private static final SettingType<OriginPolicy> ORIGINS = SettingType.of(
            "same-host, any, or origins separated by commas: https://example.com, https://example.com:8443",
            SettingTables::origins,
            SettingTables::originsText);

    private static final Pattern ADDRESS =
            Pattern.compile("(\\*|[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|\\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\\]):([0-9]{1,5})");

    private static final SettingType<List<InetSocketAddress>> ADDRESSES = list(
            "IP addresses with a port, * for all: 127.0.0.1:4433, [::1]:4433, *:0",
            SettingTables::address,
            SettingTables::addressText);

    static final List<Setting<DatagramConfig.Builder, DatagramConfig>> DATAGRAMS = List.of(
            Setting.of(
                    "outgoing-queue-length",
                    COUNT,
                    DatagramConfig.Builder::outgoingQueueLength,
                    DatagramConfig::outgoingQueueLength,
                    "How many datagrams the transport queues to be sent, per connection."),
            Setting.of(
                    "incoming-queue-length",
                    COUNT,
                    DatagramConfig.Builder::incomingQueueLength,
                    DatagramConfig::incomingQueueLength,
                    "How many received datagrams the transport queues, per connection."),
            Setting.of(
                    "outgoing-max-buffered-datagrams",
                    COUNT,
                    DatagramConfig.Builder::outgoingMaxBufferedDatagrams,
                    DatagramConfig::outgoingMaxBufferedDatagrams,
                    "How many datagrams may wait to be sent, per session."),
            Setting.of(
                    "incoming-max-buffered-datagrams",
                    COUNT,
                    DatagramConfig.Builder::incomingMaxBufferedDatagrams,
                    DatagramConfig::incomingMaxBufferedDatagrams,
                    "How many received datagrams may wait to be read, per session; the oldest is dropped."),
            Setting.of(
                    "outgoing-max-age",
                    DURATION.orNone(),
                    DatagramConfig.Builder::outgoingMaxAge,
                    config -> orNull(config.outgoingMaxAge()),
                    "How long a datagram may wait to be sent before it is dropped."),
            Setting.of(
                    "incoming-max-age",
                    DURATION.orNone(),
                    DatagramConfig.Builder::incomingMaxAge,
                    config -> orNull(config.incomingMaxAge()),
                    "How long a received datagram may wait to be read before it is dropped."));

    static final List<Setting<SocketConfig.Builder, SocketConfig>> SOCKET = List.of(
            Setting.of(
                    "receive-buffer-size",
                    SIZE,
                    SocketConfig.Builder::receiveBufferSize,
                    SocketConfig::receiveBufferSize,
                    "How many received bytes the system keeps for a UDP socket; it may give less."),
            Setting.of(
                    "send-buffer-size",
                    SIZE,
                    SocketConfig.Builder::sendBufferSize,
                    SocketConfig::sendBufferSize,
                    "How many bytes to be sent the system keeps for a UDP socket; it may give less."),
            Setting.of(
                    "address-reuse",
                    oneOf(AddressReuse.class),
                    SocketConfig.Builder::addressReuse,
                    SocketConfig::addressReuse,
                    "Whether a server may bind a port that something else has."),
            Setting.of(
                    "dscp",
                    COUNT,
                    SocketConfig.Builder::dscp,
                    SocketConfig::dscp,
                    "The class of service that packets are marked with (DSCP), 0 to 63."));

    static final List<Setting<QuicConfig.Builder, QuicConfig>> QUIC = List.of(
            Setting.of(
                    "handshake-timeout",
                    DURATION,
                    QuicConfig.Builder::handshakeTimeout,
                    QuicConfig::handshakeTimeout,
                    "The longest a handshake may take."),
            Setting.of(
                    "idle-timeout",
                    DURATION,
                    QuicConfig.Builder::idleTimeout,
                    QuicConfig::idleTimeout,
                    "How long nothing may be heard from the peer before the connection is given up."),
            Setting.of(
                    "keep-alive-interval",
                    DURATION.orNone(),
                    QuicConfig.Builder::keepAliveInterval,
                    config -> orNull(config.keepAliveInterval()),
                    "How often something is sent so that the connection stays alive."),
            Setting.of(
                    "max-data",
                    LONG_SIZE,
                    QuicConfig.Builder::maxData,
                    QuicConfig::maxData,
                    "Credit for unread bytes of all streams of a connection; the memory it may cost."),
            Setting.of(
                    "max-stream-data",
                    LONG_SIZE,
                    QuicConfig.Builder::maxStreamData,
                    QuicConfig::maxStreamData,
                    "Credit for unread bytes of one stream."),
            Setting.of(
                    "max-incoming-bidirectional-streams",
                    COUNT,
                    QuicConfig.Builder::maxIncomingBidirectionalStreams,
                    QuicConfig::maxIncomingBidirectionalStreams,
                    "How many bidirectional streams the peer may have open at once, per connection."),
            Setting.of(
                    "max-incoming-unidirectional-streams",
                    COUNT,
                    QuicConfig.Builder::maxIncomingUnidirectionalStreams,
                    QuicConfig::maxIncomingUnidirectionalStreams,
                    "How many unidirectional streams the peer may have open at once, per connection."),
            Setting.of(
                    "send-buffer-size",
                    SIZE,
                    QuicConfig.Builder::sendBufferSize,
                    QuicConfig::sendBufferSize,
                    "How many bytes a stream takes from a writer before the writer waits."),
            Setting.of(
                    "receive-buffer-size",
                    SIZE,
                    QuicConfig.Builder::receiveBufferSize,
                    QuicConfig::receiveBufferSize,
                    "How many bytes the engine may take out of QUIC ahead of the reader, per stream."),
            Setting.of(
                    "max-udp-payload-size",
                    SIZE,
                    QuicConfig.Builder::maxUdpPayloadSize,
                    QuicConfig::maxUdpPayloadSize,
                    "The largest UDP payload sent."),
            Setting.of(
                    "accept-backlog",
                    COUNT,
                    QuicConfig.Builder::acceptBacklog,
                    QuicConfig::acceptBacklog,
                    "How many finished handshakes may wait to be accepted by the server."),
            Setting.of(
                    "address-validation",
                    oneOf(AddressValidation.class),
                    QuicConfig.Builder::addressValidation,
                    QuicConfig::addressValidation,
                    "Whether a server asks a client to prove its address with a Retry packet."),
            Setting.of(
                    "congestion-control",
                    oneOf(CongestionControl.class),
                    QuicConfig.Builder::congestionControl,
                    QuicConfig::congestionControl,
                    "The congestion controller."),
            Setting.of(
                    "qlog-directory",
                    PATH.orNone(),
                    QuicConfig.Builder::qlogDirectory,
                    config -> orNull(config.qlogDirectory()),
                    "A directory for one qlog file per connection."),
            Setting.of(
                    "key-log-file",
                    PATH.orNone(),
                    QuicConfig.Builder::keyLogFile,
                    config -> orNull(config.keyLogFile()),
                    "A file for TLS secrets (SSLKEYLOGFILE); who has it can read the traffic."));

    static final List<Setting<Http3Config.Builder, Http3Config>> HTTP3 = List.of(
            Setting.of(
                    "drafts",
                    DRAFTS,
                    Http3Config.Builder::drafts,
                    Http3Config::drafts,
                    "The drafts that are offered; the newest that both ends know is used."),
            Setting.of(
                    "additional-settings",
                    NUMBERS,
                    Http3Config.Builder::additionalSettings,
                    Http3Config::additionalSettings,
                    "Settings sent besides those of the drafts, by identifier."),
            Setting.of(
                    "max-field-section-size",
                    SIZE,
                    Http3Config.Builder::maxFieldSectionSize,
                    Http3Config::maxFieldSectionSize,
                    "The largest header section accepted."),
            Setting.of(
                    "max-capsule-size",
                    SIZE,
                    Http3Config.Builder::maxCapsuleSize,
                    Http3Config::maxCapsuleSize,
                    "The largest value of a capsule of a known type."),
            Setting.of(
                    "max-early-streams",
                    COUNT,
                    Http3Config.Builder::maxEarlyStreams,
                    Http3Config::maxEarlyStreams,
                    "How many streams may wait for a session that is not there yet, per connection."),
            Setting.of(
                    "max-early-datagrams",
                    COUNT,
                    Http3Config.Builder::maxEarlyDatagrams,
                    Http3Config::maxEarlyDatagrams,
                    "How many datagrams may wait for a session that is not there yet, per connection."),
            Setting.of(
                    "settings-timeout",
                    DURATION,
                    Http3Config.Builder::settingsTimeout,
                    Http3Config::settingsTimeout,
                    "How long to wait for the SETTINGS of the peer."),
            Setting.of(
                    "close-timeout",
                    DURATION,
                    Http3Config.Builder::closeTimeout,
                    Http3Config::closeTimeout,
                    "How long a closed session waits for the peer to end its stream too."),
            Setting.of(
                    "events-kept",
                    COUNT,
                    Http3Config.Builder::eventsKept,
                    Http3Config::eventsKept,
                    "How many of its latest events a session keeps for collectors that are late or slow."));

    static final List<Setting<SessionFlowControlConfig.Builder, SessionFlowControlConfig>> FLOW_CONTROL = List.of(
            Setting.of(
                    "policy",
                    oneOf(SessionCreditPolicy.class),
                    SessionFlowControlConfig.Builder::policy,
                    SessionFlowControlConfig::policy,
                    "Who decides how much the peer may send in a session; off for no session flow control."),
            Setting.of(
                    "initial-max-data",
                    LONG_SIZE,
                    SessionFlowControlConfig.Builder::initialMaxData,
                    SessionFlowControlConfig::initialMaxData,
                    "How many bytes the peer may send in a session to begin with."),
            Setting.of(
                    "initial-max-streams-bidirectional",
                    LONG_COUNT,
                    SessionFlowControlConfig.Builder::initialMaxStreamsBidirectional,
                    SessionFlowControlConfig::initialMaxStreamsBidirectional,
                    "How many bidirectional streams the peer may open in a session to begin with."),
            Setting.of(
                    "initial-max-streams-unidirectional",
                    LONG_COUNT,
                    SessionFlowControlConfig.Builder::initialMaxStreamsUnidirectional,
                    SessionFlowControlConfig::initialMaxStreamsUnidirectional,
                    "How many unidirectional streams the peer may open in a session to begin with."),
            Setting.of(
                    "window",
                    LONG_SIZE,
                    SessionFlowControlConfig.Builder::window,
                    SessionFlowControlConfig::window,
                    "How far the limit of bytes stays ahead of what was read, with automatic credit."));

    static final List<Setting<ClientConfig.Builder, ClientConfig>> CLIENT = List.of(
            Setting.of(
                    "connect-timeout",
                    DURATION,
                    ClientConfig.Builder::connectTimeout,
                    ClientConfig::connectTimeout,
                    "The longest it may take from the call to a session."),
            Setting.of(
                    "connection-attempt-delay",
                    DURATION,
                    ClientConfig.Builder::connectionAttemptDelay,
                    ClientConfig::connectionAttemptDelay,
                    "How long one address of a host is tried before the next one is tried beside it."),
            Setting.of(
                    "engine",
                    oneOf(Engine.class),
                    ClientConfig.Builder::engine,
                    ClientConfig::engine,
                    "Which QUIC engine is used; auto for that of the system property dev.webtransport.engine, else the best that can"
                            + " run here."));

    static final List<Setting<ServerConfig.Builder, ServerConfig>> SERVER = List.of(
            Setting.of(
                    "bind-addresses",
                    ADDRESSES,
                    ServerConfig.Builder::bindAddresses,
                    ServerConfig::bindAddresses,
                    "The addresses to listen on; port 0 picks a free one."),
            Setting.of(
                    "origin-policy",
                    ORIGINS,
                    ServerConfig.Builder::originPolicy,
                    ServerConfig::originPolicy,
                    "Which web pages may open sessions; others are answered with 403."),
            Setting.of(
                    "max-connections",
                    COUNT,
                    ServerConfig.Builder::maxConnections,
                    ServerConfig::maxConnections,
                    "How many connections may be open at once."),
            Setting.of(
                    "max-sessions",
                    COUNT,
                    ServerConfig.Builder::maxSessions,
                    ServerConfig::maxSessions,
                    "How many sessions may stand at once, on all connections; more are answered with 429."),
            Setting.of(
                    "max-pending-requests",
                    COUNT,
                    ServerConfig.Builder::maxPendingRequests,
                    ServerConfig::maxPendingRequests,
                    "How many session requests may wait for the application; more are answered with 429."),
            Setting.of(
                    "request-timeout",
                    DURATION,
                    ServerConfig.Builder::requestTimeout,
                    ServerConfig::requestTimeout,
                    "How long the application may take to answer a session request."),
            Setting.of(
                    "idle-connection-timeout",
                    DURATION,
                    ServerConfig.Builder::idleConnectionTimeout,
                    ServerConfig::idleConnectionTimeout,
                    "How long a connection that carries no session is kept."),
            Setting.of(
                    "engine",
                    oneOf(Engine.class),
                    ServerConfig.Builder::engine,
                    ServerConfig::engine,
                    "Which QUIC engine is used; auto for that of the system property dev.webtransport.engine, else the best that can"
                            + " run here."));

    private SettingTables() {}

    private static <T> @Nullable T orNull(Optional<T> value) {
        return value.orElse(null);
    }

    private static WebTransportDraft draft(String label) {
        return known(Arrays.stream(WebTransportDraft.values())
                .filter(draft -> draft.label().equals(label))
                .findFirst()
                .orElse(null));
    }

    private static OriginPolicy origins(String text) {
        if (text.equals("same-host")) {
            return OriginPolicy.sameHost();
        }
        return text.equals("any") ? OriginPolicy.any() : OriginPolicy.of(new HashSet<>(items(text)));
    }

    private static String originsText(OriginPolicy policy) {
        if (policy.equals(OriginPolicy.sameHost())) {
            return "same-host";
        }
        return policy.equals(OriginPolicy.any()) ? "any" : String.join(", ", new TreeSet<>(policy.origins()));
    }

    /** No name: that would be looked up, which is not the business of settings. */
    private static InetSocketAddress address(String text) {
        Matcher parts = ADDRESS.matcher(text);
        if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65535) {
            throw new NumberFormatException("no address");
        }
        int port = Integer.parseInt(parts.group(2));
        String host = parts.group(1);
        if (host.equals("*")) {
            return new InetSocketAddress(port);
        }
        if (host.indexOf(':') < 0
                && Arrays.stream(host.split("\\.", -1)).anyMatch(part -> Integer.parseInt(part) > 255)) {
            throw new NumberFormatException("no address");
        }
        InetSocketAddress address =
                new InetSocketAddress(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port);
        if (address.isUnresolved()) {
            throw new NumberFormatException("no address");
        }
        return address;
    }

    private static String addressText(InetSocketAddress address) {
        if (address.equals(new InetSocketAddress(address.getPort()))) {
            return "*:" + address.getPort();
        }
        // The address itself, which stands behind the name it was found by: "localhost/127.0.0.1:4433", "/[::1]:4433".
        String text = address.toString();
        String host = text.substring(text.lastIndexOf('/') + 1, text.lastIndexOf(':'))
                .replace("[", "")
                .replace("]", "");
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    static <T> List<T> joined(List<List<T>> tables) {
        return Collections.unmodifiableList(
                tables.stream().flatMap(List::stream).collect(Collectors.toList()));
    }
}
