package dev.webtransport.samples.bench;

import java.io.IOException;

/** An end that listens on 127.0.0.1 and answers {@link BenchClient}s of its kind until it is closed. */
public interface BenchServer extends AutoCloseable {
    /** Where it is. @return what its clients need to connect */
    Address address();

    /**
     * Where a server is and whom to trust.
     *
     * @param url with scheme, host and port; no path
     * @param certificateHash SHA-256 in hexadecimal
     * @param engine which QUIC engine it runs on
     */
    record Address(String url, String certificateHash, String engine) {}

    @Override
    void close() throws IOException;
}
