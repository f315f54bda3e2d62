package dev.webtransport.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.util.ArrayDeque;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks for the event loop of one UDP socket, in order.
 *
 * <p>What comes up on the loop while packets are handled is done when they are, and before quiche sends: so what an application answers
 * at once leaves in the packet that acknowledges, instead of in one more. What no packet waits for is done when quiche has sent.
 */
final class LoopTasks {
    private static final Logger LOG = LoggerFactory.getLogger(LoopTasks.class);

    private final EventLoop loop;

    // All on the event loop only.
    private final Queue<Runnable> whileReading = new ArrayDeque<>();
    private final Queue<Runnable> afterSending = new ArrayDeque<>();
    private boolean reading;

    LoopTasks(EventLoop loop) {
        this.loop = loop;
    }

    /**
     * Runs a task on the event loop, after those that were handed in before.
     *
     * @param task what to run
     * @throws java.util.concurrent.RejectedExecutionException if the loop has ended
     */
    void execute(Runnable task) {
        if (isHere() && isIdle()) {
            whileReading.add(task);
        } else {
            loop.execute(task);
        }
    }

    /**
     * Runs a task when quiche has sent what is to be sent: after the packets in hand, if there are any, else at once. On the event loop.
     *
     * @param task what no packet waits for
     */
    void executeAfterSending(Runnable task) {
        if (reading) {
            afterSending.add(task);
        } else {
            task.run();
        }
    }

    /**
     * Whether the caller is on the event loop and packets are being handled, so that what it does leaves with what acknowledges them.
     *
     * @return true if so
     */
    boolean isHere() {
        return loop.inEventLoop() && reading;
    }

    /** Packets are being handled from now on. On the event loop. */
    void handleReading() {
        reading = true;
    }

    /** Runs what came up meanwhile. On the event loop. */
    void runPending() {
        run(whileReading);
    }

    /** No packets are left to handle, and quiche has sent what it had to send. On the event loop. */
    void handleReadComplete() {
        do {
            run(afterSending);
            run(whileReading);
        } while (!afterSending.isEmpty());
        reading = false;
    }

    private static void run(Queue<Runnable> tasks) {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            try {
                task.run();
            } catch (RuntimeException | Error failed) {
                // As the event loop does: one task's mistake is not the next one's.
                LOG.warn("A task of the event loop failed", failed);
            }
        }
    }

    /** Nothing waits that was handed in before, by whatever thread. */
    private boolean isIdle() {
        return loop instanceof SingleThreadEventExecutor && ((SingleThreadEventExecutor) loop).pendingTasks() == 0;
    }
}
