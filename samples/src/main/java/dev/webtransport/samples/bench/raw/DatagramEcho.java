package dev.webtransport.samples.bench.raw;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.concurrent.Promise;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Datagrams there and back, one after another. */
final class DatagramEcho {
    private final long[] taken;
    private final int bytes;
    private int number;
    private int back;
    private long begun;

    DatagramEcho(int count, int bytes) {
        this.taken = new long[count];
        this.bytes = bytes;
    }

    /** Nanoseconds of those that came back. */
    long[] taken() {
        return Arrays.copyOf(taken, back);
    }

    void run(QuicChannel connection, Promise<Void> work) {
        connection.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                ByteBuf datagram = (ByteBuf) message;
                // A late one was given up.
                boolean awaited = datagram.readInt() == number;
                datagram.release();
                if (awaited) {
                    taken[back++] = System.nanoTime() - begun;
                    number++;
                    sendNext(connection, work);
                }
            }
        });
        watch(connection, work, -1);
        sendNext(connection, work);
    }

    private void sendNext(QuicChannel connection, Promise<Void> work) {
        if (number == taken.length) {
            work.trySuccess(null);
            return;
        }
        begun = System.nanoTime();
        connection.writeAndFlush(
                connection.alloc().directBuffer(bytes).writeInt(number).writeZero(bytes - Integer.BYTES));
    }

    /** Gives up on a datagram that has not come back within a second. */
    private void watch(QuicChannel connection, Promise<Void> work, int before) {
        if (work.isDone()) {
            return;
        }
        if (number == before) {
            number++;
            sendNext(connection, work);
        }
        int now = number;
        connection.eventLoop().schedule(() -> watch(connection, work, now), 1, TimeUnit.SECONDS);
    }
}
