package dev.webtransport.samples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.webtransport.async.AsyncReceiveStream;
import dev.webtransport.async.AsyncSession;
import dev.webtransport.error.WebTransportException;
import java.util.concurrent.CompletableFuture;

/** The other end of {@link ChatServer}. */
public final class ChatClient {
    private final AsyncSession session;
    private final AsyncReceiveStream feed;

    private ChatClient(AsyncSession session, AsyncReceiveStream feed) {
        this.session = session;
        this.feed = feed;
    }

    /** Enters the room that the session was opened to. */
    public static CompletableFuture<ChatClient> enter(AsyncSession session) {
        return session.acceptUnidirectionalStream().thenApply(feed -> new ChatClient(session, feed.orElseThrow()));
    }

    /** The session. */
    public AsyncSession session() {
        return session;
    }

    /** What the room says, line by line. */
    public AsyncReceiveStream feed() {
        return feed;
    }

    /** Says a line. */
    public CompletableFuture<?> say(String line) {
        return session.createUnidirectionalStream()
                .thenCompose(stream -> stream.write(line.getBytes(UTF_8)).thenCompose(written -> stream.finish()));
    }

    /** Lets the room know that a line is coming; nobody needs to hear it. */
    public void type() throws WebTransportException {
        session.sendDatagram(new byte[0]);
    }
}
