package dev.webtransport.samples;

import static dev.webtransport.testkit.junit.WebTransportAssertions.assertFinished;
import static dev.webtransport.testkit.junit.WebTransportAssertions.assertReceives;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.webtransport.async.AsyncReceiveStream;
import dev.webtransport.async.AsyncSendStream;
import dev.webtransport.testkit.junit.AsyncLoopbackPair;
import dev.webtransport.testkit.junit.Loopback;
import org.junit.jupiter.api.Test;

@Loopback
final class FirstTest {
    @Test
    void what_one_end_sends_the_other_receives(AsyncLoopbackPair pair) throws Exception {
        AsyncSendStream sending = pair.await(pair.client().createUnidirectionalStream());
        pair.await(sending.write("hello".getBytes(UTF_8)));
        pair.await(sending.finish());

        AsyncReceiveStream receiving =
                pair.await(pair.server().acceptUnidirectionalStream()).orElseThrow();
        assertReceives(receiving, "hello");
        assertFinished(receiving);
    }
}
