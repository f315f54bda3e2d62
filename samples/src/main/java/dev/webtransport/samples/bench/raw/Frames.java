package dev.webtransport.samples.bench.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamChannelConfig;
import io.netty.handler.codec.quic.QuicStreamFrame;

/** What is written to streams, and how they are read. */
final class Frames {
    private Frames() {}

    /** Has a stream hand up frames, which tell of FIN. As an option Netty would take it too, but warn each time. */
    static void readFrom(ChannelHandlerContext ctx) {
        ((QuicStreamChannelConfig) ctx.channel().config()).setReadFrames(true);
    }

    /** Data with FIN behind it. */
    static QuicStreamFrame last(ByteBuf data) {
        return new DefaultQuicStreamFrame(data, true);
    }

    /** A {@link Command}, with more to follow. */
    static ByteBuf command(byte command) {
        return Unpooled.wrappedBuffer(new byte[] {command});
    }
}
