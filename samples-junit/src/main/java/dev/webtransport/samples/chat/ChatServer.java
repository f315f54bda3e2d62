package dev.webtransport.samples.chat;

import dev.webtransport.async.AsyncReceiveStream;
import dev.webtransport.async.AsyncSession;
import dev.webtransport.async.AsyncSessionRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A chat server. Who opens a session to {@code /room/name} is in that room by that name. Each line is a stream of its own; what
 * the room says comes back on one long stream. That somebody is typing is worth a datagram.
 *
 * <pre>{@code
 * server.serve(new ChatServer()::handle);
 * }</pre>
 */
public final class ChatServer {
    /** The code with which a member is sent away who reads more slowly than the others talk. */
    public static final long TOO_SLOW = 1;

    private static final int MAX_LINE_BYTES = 1_000;
    private static final int NOT_FOUND = 404;

    private final Map<String, Room> rooms = new ConcurrentHashMap<>();

    /** Answers the request of one member. */
    public CompletionStage<?> handle(AsyncSessionRequest request) {
        String[] path = request.path().split("/");
        if (path.length != 3) {
            return request.reject(NOT_FOUND);
        }
        Room room = rooms.computeIfAbsent(path[1], name -> new Room());
        return request.accept().thenCompose(session -> enter(room, path[2], session));
    }

    /** How many are in a room now. */
    public int members(String room) {
        Room known = rooms.get(room);
        return known == null ? 0 : known.size();
    }

    private static CompletionStage<?> enter(Room room, String name, AsyncSession session) {
        return session.createUnidirectionalStream().thenAccept(feed -> {
            Member member = new Member(name, session, feed);
            room.add(member);
            receiveLines(room, member);
            receiveTyping(room, member);
            session.closed().whenComplete((end, lost) -> room.remove(member));
        });
    }

    private static void receiveLines(Room room, Member member) {
        member.session()
                .acceptUnidirectionalStream()
                .thenAccept(next -> next.ifPresent(stream -> {
                    receiveLine(room, member, stream);
                    receiveLines(room, member);
                }));
    }

    private static void receiveLine(Room room, Member member, AsyncReceiveStream stream) {
        stream.readAll(MAX_LINE_BYTES).whenComplete((line, failure) -> {
            if (failure == null) {
                room.tellAll(member.name() + ": " + new String(line, StandardCharsets.UTF_8));
            } else {
                stream.stopSending();
            }
        });
    }

    private static void receiveTyping(Room room, Member member) {
        member.session()
                .receiveDatagram()
                .thenAccept((Optional<byte[]> next) -> next.ifPresent(typing -> {
                    room.tellTyping(member);
                    receiveTyping(room, member);
                }));
    }
}
