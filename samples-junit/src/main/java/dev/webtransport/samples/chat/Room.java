package dev.webtransport.samples.chat;

import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/** Those who hear each other. */
final class Room {
    private final Set<Member> members = new CopyOnWriteArraySet<>();

    int size() {
        return members.size();
    }

    void add(Member member) {
        members.add(member);
        tellAll(member.name() + " is here");
    }

    void remove(Member member) {
        members.remove(member);
        tellAll(member.name() + " has gone");
    }

    void tellAll(String line) {
        members.forEach(member -> member.tell(line));
    }

    void tellTyping(Member typing) {
        members.forEach(member -> {
            if (member != typing) {
                member.tellTyping(typing.name());
            }
        });
    }
}
