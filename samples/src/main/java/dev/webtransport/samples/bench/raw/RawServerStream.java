package dev.webtransport.samples.bench.raw;

import dev.webtransport.samples.bench.Checksum;
import dev.webtransport.samples.bench.DatagramTally;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamFrame;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stream of the client: does what its first byte says, see {@link Command}. */
final class RawServerStream extends ChannelInboundHandlerAdapter {
    private final RawServerConnection connection;
    private final Checksum sum = new Checksum();
    private final StringBuilder number = new StringBuilder();
    private @Nullable DatagramTally tally;
    private byte command;

    RawServerStream(RawServerConnection connection) {
        this.connection = connection;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        Frames.readFrom(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        QuicStreamFrame frame = (QuicStreamFrame) message;
        ByteBuf data = frame.content();
        if (command == 0 && data.isReadable()) {
            command = data.readByte();
            if (command == Command.COUNT) {
                tally = connection.count();
                ctx.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {Command.COUNT}));
            }
        }
        if (command == Command.ECHO) {
            echo(ctx, frame);
            return;
        }
        try {
            if (command == Command.SINK) {
                sum.add(data.nioBuffer());
            } else if (command == Command.SOURCE) {
                number.append(data.toString(StandardCharsets.US_ASCII));
            }
            if (frame.hasFin()) {
                answer(ctx);
            }
        } finally {
            frame.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    /** Reads no further while the client does not take the echo. */
    private static void echo(ChannelHandlerContext ctx, QuicStreamFrame frame) {
        ChannelFuture written = ctx.write(frame);
        if (!written.isDone()) {
            ctx.channel().config().setAutoRead(false);
            written.addListener(done -> ctx.channel().config().setAutoRead(true));
        }
    }

    private void answer(ChannelHandlerContext ctx) {
        switch (command) {
            case Command.SINK -> tell(ctx, sum.toString());
            case Command.SOURCE ->
                new PatternPump(ctx.channel(), Long.parseLong(number.toString()), ctx::fireExceptionCaught).run();
            case Command.COUNT -> tellWhenQuiet(ctx, tally);
            default -> ctx.close();
        }
    }

    private static void tellWhenQuiet(ChannelHandlerContext ctx, DatagramTally tally) {
        int before = tally.received();
        ctx.executor()
                .schedule(
                        () -> {
                            if (tally.received() == before) {
                                tell(ctx, tally.toString());
                            } else {
                                tellWhenQuiet(ctx, tally);
                            }
                        },
                        Command.QUIET_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private static void tell(ChannelHandlerContext ctx, String answer) {
        ctx.writeAndFlush(new DefaultQuicStreamFrame(ByteBufUtil.writeAscii(ctx.alloc(), answer), true));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
