package dev.webtransport.samples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.webtransport.async.AsyncSendStream;
import dev.webtransport.async.AsyncSession;
import dev.webtransport.error.WebTransportException;
import dev.webtransport.value.CloseInfo;
import java.util.concurrent.CompletableFuture;

/** Somebody in a room. */
final class Member {
    /** So many lines wait for a member who does not read. */
    private static final int MAX_WAITING = 100;

    private final String name;
    private final AsyncSession session;
    private final AsyncSendStream feed;

    /** Completes when the last line was taken. Guarded by this. */
    private CompletableFuture<Void> lastLine = CompletableFuture.completedFuture(null);

    /** Guarded by this. */
    private int waiting;

    Member(String name, AsyncSession session, AsyncSendStream feed) {
        this.name = name;
        this.session = session;
        this.feed = feed;
    }

    String name() {
        return name;
    }

    AsyncSession session() {
        return session;
    }

    /** One line after the other; each waits until the member takes more. */
    synchronized void tell(String line) {
        if (waiting == MAX_WAITING) {
            session.close(CloseInfo.of(ChatServer.TOO_SLOW, "you read too slowly"));
            return;
        }
        waiting++;
        lastLine = lastLine.thenCompose(done -> feed.write((line + "\n").getBytes(UTF_8)))
                .whenComplete((done, failure) -> told());
    }

    private synchronized void told() {
        waiting--;
    }

    /** Who does not hear it will see the line. */
    void tellTyping(String who) {
        try {
            session.sendDatagram(who.getBytes(UTF_8));
        } catch (WebTransportException gone) {
            // The room will hear that by itself.
            return;
        }
    }
}
