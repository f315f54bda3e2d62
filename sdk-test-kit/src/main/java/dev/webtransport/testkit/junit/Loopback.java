package dev.webtransport.testkit.junit;

import dev.webtransport.testkit.LeakCheck;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class, or one test, a client and a server in memory: a test method, or a {@code @BeforeEach} method, that has
 * one of these parameters gets it from {@link WebTransportExtension}, new for each test:
 *
 * <ul>
 *   <li>{@link AsyncLoopbackPair}: the two ends of one session;
 *   <li>{@link AsyncLoopback}: a client and a server that have nothing to do with each other yet;
 *   <li>{@link AsyncLoopback.Builder}: the same, with settings of one's own;
 *   <li>{@link VirtualTime}: the clock and executor of all of them.
 * </ul>
 *
 * <pre>{@code
 * @Loopback
 * final class EchoTest {
 *     @Test
 *     void datagrams_arrive(AsyncLoopbackPair pair) throws Exception {
 *         pair.client().sendDatagram(new byte[] {1, 2, 3});
 *         assertReceivesDatagram(pair.server(), new byte[] {1, 2, 3});
 *     }
 * }
 * }</pre>
 *
 * <p>After the test both ends are closed, and the test fails if it leaves a stream of a session that still stands half open, or a
 * datagram unread, or anything running.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(WebTransportExtension.class)
public @interface Loopback {
    /**
     * What decides all chance in the test; a failure names it.
     *
     * @return the seed; 0 for that of the system property {@code webtransport.seed} if it is set, else another one each time
     */
    long seed() default 0;

    /**
     * What must be over when the test ends.
     *
     * @return what is checked
     */
    LeakCheck leakCheck() default LeakCheck.STREAMS;

    /**
     * How long, in seconds of real time, the thread of the test may wait on its own, as in {@code join()}, while nothing else
     * happens, before the test fails.
     *
     * @return seconds, at least 1
     */
    int patienceSeconds() default 3;
}
