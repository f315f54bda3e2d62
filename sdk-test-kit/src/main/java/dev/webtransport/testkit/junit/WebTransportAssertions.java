package dev.webtransport.testkit.junit;

import dev.webtransport.async.AsyncReceiveStream;
import dev.webtransport.async.AsyncSendStream;
import dev.webtransport.async.AsyncSession;
import dev.webtransport.error.SessionException;
import dev.webtransport.error.StreamResetException;
import dev.webtransport.testkit.ShownBytes;
import dev.webtransport.value.CloseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * Assertions about what the peer does: they wait for it, and say what happened instead.
 *
 * <p>In a test with {@link Loopback} they wait in virtual time: until it happens, for at most {@link VirtualTime#LIMIT}, which passes in
 * no time. In any other test, over real UDP, they wait for at most ten seconds.
 *
 * <p>Failures are {@link AssertionFailedError} with the expected and the actual value.
 */
public final class WebTransportAssertions {
    private static final Duration REAL_LIMIT = Duration.ofSeconds(10);

    /** The most that is read while waiting for a reset. */
    private static final int MAX_BEFORE_RESET = 16 << 20;

    private static final int CHUNK = 4096;

    private WebTransportAssertions() {}

    /**
     * Asserts that these bytes come next on the stream; what comes after them is left to the next read.
     *
     * @param stream the receiving end
     * @param expected at least one byte
     */
    public static void assertReceives(AsyncReceiveStream stream, byte[] expected) {
        ByteBuffer received = ByteBuffer.allocate(expected.length);
        String end = readInto(stream, received);
        byte[] actual = Arrays.copyOf(received.array(), received.position());
        if (!Arrays.equals(expected, actual)) {
            throw failure(
                    "stream " + stream.id() + " brought other bytes" + (end == null ? "" : ", and " + end),
                    expected,
                    actual);
        }
    }

    /**
     * Asserts that this text comes next on the stream, in UTF-8; what comes after it is left to the next read.
     *
     * @param stream the receiving end
     * @param expected at least one character
     */
    public static void assertReceives(AsyncReceiveStream stream, String expected) {
        assertReceives(stream, expected.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Asserts that the peer has finished the stream and that nothing is left to read.
     *
     * @param stream the receiving end
     */
    public static void assertFinished(AsyncReceiveStream stream) {
        ByteBuffer more = ByteBuffer.allocate(CHUNK);
        String expected = "the clean end of stream " + stream.id();
        try {
            if (await(stream.read(more)) >= 0) {
                byte[] read = Arrays.copyOf(more.array(), more.position());
                throw failure("stream " + stream.id() + " goes on", expected, ShownBytes.shown(read));
            }
        } catch (StillWaitingError never) {
            throw failure("stream " + stream.id() + " did not end", expected, never);
        } catch (Exception failed) {
            throw failure("stream " + stream.id() + " did not end well", expected, failed);
        }
    }

    /**
     * Asserts that the peer resets the stream with this code. What it sent before that is read and dropped, up to 16 MiB.
     *
     * @param stream the receiving end
     * @param code the application's code
     */
    public static void assertReset(AsyncReceiveStream stream, long code) {
        String expected = "a reset of stream " + stream.id() + " with code " + code;
        long dropped = 0;
        try {
            while (dropped < MAX_BEFORE_RESET) {
                int count = await(stream.read(ByteBuffer.allocate(CHUNK)));
                if (count < 0) {
                    throw failure("not reset", expected, "its clean end after " + dropped + " bytes");
                }
                dropped += count;
            }
            throw failure("not reset", expected, "more than " + MAX_BEFORE_RESET + " bytes");
        } catch (StreamResetException reset) {
            assertCode("reset", expected, code, reset.errorCode());
        } catch (StillWaitingError never) {
            throw failure("not reset", expected, never);
        } catch (Exception failed) {
            throw failure("not reset", expected, failed);
        }
    }

    /**
     * Asserts that the peer asks to send no more, with this code.
     *
     * @param stream the sending end
     * @param code the application's code
     */
    public static void assertStopped(AsyncSendStream stream, long code) {
        String expected = "a stop of stream " + stream.id() + " with code " + code;
        try {
            assertCode("stopped", expected, code, await(stream.stopped()));
        } catch (StillWaitingError never) {
            throw failure("not stopped", expected, never);
        } catch (Exception failed) {
            throw failure("not stopped", expected, failed);
        }
    }

    /**
     * Asserts that the session was closed with this code and reason, by either end.
     *
     * @param session either end
     * @param code the application's code
     * @param reason the application's reason, "" for none
     */
    public static void assertClosedWith(AsyncSession session, long code, String reason) {
        CloseInfo expected = CloseInfo.of(code, reason);
        try {
            CloseInfo actual = await(session.closed());
            if (!actual.equals(expected)) {
                throw failure("session " + session.id() + " was closed in another way", expected, actual);
            }
        } catch (StillWaitingError never) {
            throw failure("session " + session.id() + " was not closed, it is " + session.state(), expected, never);
        } catch (Exception lost) {
            throw failure("session " + session.id() + " was not closed but lost", expected, lost);
        }
    }

    /**
     * Asserts that the session ends without having been closed: the connection was lost, timed out, or broke the protocol.
     *
     * @param session either end
     * @return how it ended
     */
    public static SessionException assertLost(AsyncSession session) {
        try {
            CloseInfo closed = await(session.closed());
            throw failure("session " + session.id() + " was not lost", "its loss", closed);
        } catch (SessionException lost) {
            return lost;
        } catch (StillWaitingError never) {
            throw failure("session " + session.id() + " was not lost, it is " + session.state(), "its loss", never);
        } catch (Exception failed) {
            throw failure("session " + session.id() + " failed in another way", "its loss", failed);
        }
    }

    /**
     * Asserts that the next datagram has these bytes.
     *
     * @param session the receiving end
     * @param expected its bytes
     */
    public static void assertReceivesDatagram(AsyncSession session, byte[] expected) {
        try {
            Optional<byte[]> actual = await(session.receiveDatagram());
            if (!actual.isPresent()) {
                throw failure("no datagram will come", ShownBytes.shown(expected), "the end of the session");
            }
            if (!Arrays.equals(expected, actual.get())) {
                throw failure("another datagram came", expected, actual.get());
            }
        } catch (StillWaitingError never) {
            throw failure("no datagram came", ShownBytes.shown(expected), never);
        } catch (Exception failed) {
            throw failure("no datagram came", ShownBytes.shown(expected), failed);
        }
    }

    /**
     * Asserts that the next datagram has this text, in UTF-8.
     *
     * @param session the receiving end
     * @param expected its text
     */
    public static void assertReceivesDatagram(AsyncSession session, String expected) {
        assertReceivesDatagram(session, expected.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Asserts that no datagram comes for a while; the time passes.
     *
     * @param session the receiving end
     * @param period how long, in virtual time if the test has it
     */
    public static void assertNoDatagram(AsyncSession session, Duration period) {
        CompletableFuture<Optional<byte[]>> next = session.receiveDatagram();
        VirtualTime time = VirtualTime.current();
        try {
            if (time == null) {
                next.get(period.toNanos(), TimeUnit.NANOSECONDS);
            } else {
                time.advance(period);
            }
            if (next.isDone()) {
                String actual = VirtualTime.valueOf(next).map(ShownBytes::shown).orElse("the end of the session");
                throw failure("a datagram came", "none", actual);
            }
        } catch (TimeoutException none) {
            // As it should be: cancelled below, the next call gets what comes.
        } catch (Exception failed) {
            throw failure("the session failed", "no datagram", failed);
        }
        next.cancel(false);
    }

    /** Fills the buffer; if that is not possible, what came instead. */
    private static @Nullable String readInto(AsyncReceiveStream stream, ByteBuffer received) {
        try {
            while (received.hasRemaining()) {
                if (await(stream.read(received)) < 0) {
                    return "ended then";
                }
            }
            return null;
        } catch (StillWaitingError never) {
            return "no more: " + never.getMessage();
        } catch (Exception failed) {
            return "failed then: " + failed;
        }
    }

    private static void assertCode(String what, String expected, long code, OptionalLong actual) {
        if (!actual.isPresent() || actual.getAsLong() != code) {
            String told = actual.isPresent() ? "code " + actual.getAsLong() : "no code of an application";
            throw failure(what + " with another code", expected, told);
        }
    }

    /** Waits; what is still waited for when there is no hope any more is not taken from who waits next. */
    private static <T> T await(CompletableFuture<T> future) throws Exception {
        VirtualTime time = VirtualTime.current();
        try {
            if (time != null) {
                return time.await(future);
            }
            future.get(REAL_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
            return future.get();
        } catch (TimeoutException late) {
            throw new StillWaitingError("nothing happened for " + REAL_LIMIT);
        } catch (ExecutionException failed) {
            return VirtualTime.valueOf(future);
        } finally {
            future.cancel(false);
        }
    }

    private static AssertionFailedError failure(String what, byte[] expected, byte[] actual) {
        return failure(what, ShownBytes.shown(expected), ShownBytes.shown(actual));
    }

    private static AssertionFailedError failure(String what, Object expected, StillWaitingError never) {
        return new AssertionFailedError(
                what + ": expected " + expected + ", but " + never.getMessage(), expected, "nothing", never);
    }

    private static AssertionFailedError failure(String what, Object expected, Exception failed) {
        return new AssertionFailedError(what + ": expected " + expected + ", but: " + failed, expected, failed, failed);
    }

    private static AssertionFailedError failure(String what, Object expected, Object actual) {
        return new AssertionFailedError(what + ": expected " + expected + ", but it was " + actual, expected, actual);
    }
}
