package dev.webtransport.kwik;

import org.jspecify.annotations.Nullable;

/** The hook of a client's connection, which has a logger of its own. */
final class ClientHook extends PacketHook {
    private volatile @Nullable PacketListener listener;

    /**
     * From now on packets are shown.
     *
     * @param listener to whom
     */
    void show(PacketListener listener) {
        this.listener = listener;
    }

    @Override
    @Nullable
    PacketListener listener() {
        return listener;
    }
}
