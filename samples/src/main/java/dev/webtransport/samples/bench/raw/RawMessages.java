package dev.webtransport.samples.bench.raw;

import dev.webtransport.samples.bench.Pattern;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.util.concurrent.Promise;
import java.nio.ByteBuffer;

/** Streams of one small message each, echoed and compared. */
final class RawMessages {
    private final ByteBuf request;

    RawMessages(int bytes) {
        ByteBuffer content = ByteBuffer.allocateDirect(bytes + 1);
        content.put(Command.ECHO).put(Pattern.piece(0, bytes)).flip();
        request = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(content));
    }

    /** How long what comes back is. */
    int length() {
        return request.readableBytes() - 1;
    }

    /** The command and the message. */
    ByteBuf request() {
        return request.duplicate();
    }

    /** The message without the command. */
    ByteBuf message() {
        return request.slice(1, length());
    }

    /** Whether {@code data} is what comes at that place of the echo. */
    boolean isEchoAt(int position, ByteBuf data) {
        int length = data.readableBytes();
        return position + length <= length()
                && ByteBufUtil.equals(data, data.readerIndex(), request, position + 1, length);
    }

    /** A stream that sends the message and FIN, and tells when the echo has ended. */
    RawStream stream(Promise<?> work, Runnable echoed) {
        return new RawStream(work) {
            private int received;

            @Override
            void begin(ChannelHandlerContext ctx) {
                ctx.writeAndFlush(new DefaultQuicStreamFrame(request(), true));
            }

            @Override
            void take(ChannelHandlerContext ctx, ByteBuf data) {
                if (!isEchoAt(received, data)) {
                    fail(new IllegalStateException("the echo is not what was sent"));
                }
                received += data.readableBytes();
            }

            @Override
            void end() {
                if (received == length()) {
                    echoed.run();
                } else {
                    fail(new IllegalStateException("the echo has " + received + " bytes, not " + length()));
                }
            }
        };
    }
}
