package dev.webtransport.samples.bench.raw;

import dev.webtransport.samples.bench.DatagramTally;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** The datagrams of a connection: echoed, until they are to be counted. */
final class RawServerConnection extends ChannelInboundHandlerAdapter {
    private @Nullable DatagramTally tally;

    /** Counts from now on. */
    DatagramTally count() {
        DatagramTally fresh = new DatagramTally();
        tally = fresh;
        return fresh;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof ByteBuf datagram)) {
            // A stream of the client.
            ctx.fireChannelRead(message);
        } else if (tally == null) {
            ctx.write(datagram);
        } else {
            tally.add(datagram.nioBuffer());
            datagram.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (tally == null) {
            ctx.flush();
        }
    }
}
