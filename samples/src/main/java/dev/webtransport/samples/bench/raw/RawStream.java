package dev.webtransport.samples.bench.raw;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicStreamFrame;
import io.netty.util.concurrent.Promise;

/** A stream of the client: takes data until FIN. What goes wrong fails the promise of the work that it is part of. */
abstract class RawStream extends ChannelInboundHandlerAdapter {
    private final Promise<?> work;

    RawStream(Promise<?> work) {
        this.work = work;
    }

    /** The stream is open; the command and more is to be sent. */
    abstract void begin(ChannelHandlerContext ctx);

    /** Data arrived, and is not kept. */
    abstract void take(ChannelHandlerContext ctx, ByteBuf data);

    /** FIN arrived. */
    abstract void end();

    @Override
    public final void handlerAdded(ChannelHandlerContext ctx) {
        Frames.readFrom(ctx);
    }

    @Override
    public final void channelActive(ChannelHandlerContext ctx) {
        begin(ctx);
    }

    @Override
    public final void channelRead(ChannelHandlerContext ctx, Object message) {
        QuicStreamFrame frame = (QuicStreamFrame) message;
        try {
            take(ctx, frame.content());
            if (frame.hasFin()) {
                end();
            }
        } finally {
            frame.release();
        }
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        work.tryFailure(cause);
    }

    final void fail(Throwable cause) {
        work.tryFailure(cause);
    }
}
