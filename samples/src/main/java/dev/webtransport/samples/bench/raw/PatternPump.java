package dev.webtransport.samples.bench.raw;

import dev.webtransport.samples.bench.Pattern;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes so many bytes of the {@link Pattern} and FIN to a stream, as fast as it takes them. On the event loop only. */
final class PatternPump {
    private final Channel stream;
    private final long end;
    private final Consumer<Throwable> onFailure;
    private long sent;
    private boolean waiting;
    private boolean running;

    PatternPump(Channel stream, long end, Consumer<Throwable> onFailure) {
        this.stream = stream;
        this.end = end;
        this.onFailure = onFailure;
    }

    void run() {
        if (running) {
            return;
        }
        running = true;
        while (!waiting && sent < end) {
            ByteBuf piece = Unpooled.wrappedBuffer(Pattern.piece(sent, end));
            sent += piece.readableBytes();
            ChannelFuture written = stream.write(new DefaultQuicStreamFrame(piece, sent == end));
            waiting = true;
            written.addListener(done -> handleWritten(done.cause()));
        }
        running = false;
        stream.flush();
    }

    private void handleWritten(@Nullable Throwable failure) {
        waiting = false;
        if (failure != null) {
            sent = end;
            onFailure.accept(failure);
        } else {
            run();
        }
    }
}
