package dev.webtransport.samples.bench.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;

/**
 * Datagrams as fast as they go, and the server's tally of them. The codec's public interface tells nothing of room in quiche's
 * queue and drops what finds none, so the queue of these clients takes them all.
 */
final class DatagramFlood {
    /** More than are ever sent at once. quiche's queue grows as it is used. */
    static final int QUEUE = 1 << 26;

    private static final int BURST = 16;

    private final int count;
    private final int bytes;
    private final StringBuilder answer = new StringBuilder();
    private int sent;

    DatagramFlood(int count, int bytes) {
        this.count = count;
        this.bytes = bytes;
    }

    String answer() {
        return answer.toString();
    }

    /** The stream that has the server count. */
    RawStream stream(QuicChannel connection, Promise<Void> work) {
        return new RawStream(work) {
            private boolean counting;

            @Override
            void begin(ChannelHandlerContext ctx) {
                ctx.writeAndFlush(Frames.command(Command.COUNT));
            }

            @Override
            void take(ChannelHandlerContext ctx, ByteBuf data) {
                if (!counting) {
                    counting = true;
                    data.readByte();
                    burst(connection, (QuicStreamChannel) ctx.channel());
                }
                answer.append(data.toString(StandardCharsets.US_ASCII));
            }

            @Override
            void end() {
                work.trySuccess(null);
            }
        };
    }

    private void burst(QuicChannel connection, QuicStreamChannel stream) {
        for (int i = 0; i < BURST && sent < count; i++) {
            connection.write(
                    connection.alloc().directBuffer(bytes).writeInt(sent++).writeZero(bytes - Integer.BYTES));
        }
        connection.flush();
        if (sent < count) {
            connection.eventLoop().execute(() -> burst(connection, stream));
        } else {
            stream.writeAndFlush(Frames.last(ByteBufUtil.writeAscii(connection.alloc(), "")));
        }
    }
}
