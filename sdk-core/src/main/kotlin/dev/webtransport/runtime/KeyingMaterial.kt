package dev.webtransport.runtime

import dev.webtransport.tls.SessionExporter
import dev.webtransport.transport.QuicConnection
import dev.webtransport.transport.TransportCapability

/**
 * Keying material of one session on this connection.
 *
 * @throws UnsupportedOperationException if the transport has no exporter
 * @throws IllegalArgumentException if a length is out of bounds
 */
internal fun QuicConnection.exportKeyingMaterial(sessionId: Long, label: String, context: ByteArray?, length: Int): ByteArray {
    val whole = SessionExporter.context(sessionId, label, context ?: ByteArray(0), length)
    if (TransportCapability.KEYING_MATERIAL_EXPORTER !in capabilities) {
        throw UnsupportedOperationException(
            "this transport exports no keying material: its TLS keeps the exporter secret to itself " +
                "(TransportCapability.KEYING_MATERIAL_EXPORTER is missing); take another transport, or bind to something else",
        )
    }
    //= draft-ietf-webtrans-http3-16#4.8
    //# the TLS exporter of the connection, with the label of WebTransport and a context that names session, label and context
    return exportKeyingMaterial(SessionExporter.LABEL, whole, length)
}
