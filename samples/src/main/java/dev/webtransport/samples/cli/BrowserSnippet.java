package dev.webtransport.samples.cli;

import dev.webtransport.config.ServerCertificateHash;

/** JavaScript that opens a session to a server whose certificate is trusted by its hash. */
final class BrowserSnippet {
    private static final int BYTES_PER_LINE = 16;

    private BrowserSnippet() {}

    static String connect(String url, ServerCertificateHash hash) {
        StringBuilder bytes = new StringBuilder();
        byte[] value = hash.value();
        for (int i = 0; i < value.length; i++) {
            bytes.append(i == 0 ? "" : i % BYTES_PER_LINE == 0 ? ",\n    " : ", ")
                    .append(String.format("0x%02x", value[i]));
        }
        return """
                const session = new WebTransport("%s", {
                  serverCertificateHashes: [{ algorithm: "sha-256", value: new Uint8Array([
                    %s
                  ]) }],
                });
                await session.ready;
                """.formatted(url, bytes);
    }
}
