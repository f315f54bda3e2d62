package dev.webtransport.testkit.junit;

import dev.webtransport.testkit.LeakCheck;
import dev.webtransport.testkit.Replay;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Gives each test of a class its own client and server in memory, and ends them after it. {@link Loopback} brings it along and says
 * what there is; {@code @ExtendWith(WebTransportExtension.class)} does the same with the defaults.
 *
 * <p>After the test both ends are closed. A test that passed fails nevertheless if it leaves something that goes on after that: a
 * call that waits for ever, a coroutine, a timer; or if a stream of a session that still stood was half open; each is named. A test whose thread waits for what cannot happen meanwhile is told
 * so, rather than to hang. A failure names the seed.
 */
public final class WebTransportExtension
        implements BeforeEachCallback,
                AfterEachCallback,
                ParameterResolver,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    private static final Namespace NAMESPACE = Namespace.create(WebTransportExtension.class);
    private static final int PATIENCE_SECONDS = 3;

    /** For JUnit. */
    public WebTransportExtension() {}

    @Override
    public void beforeEach(ExtensionContext context) {
        Loopback settings = settings(context);
        TestRun run = settings == null
                ? new TestRun(Replay.nextSeed(), PATIENCE_SECONDS, LeakCheck.STREAMS)
                : new TestRun(seed(settings), settings.patienceSeconds(), settings.leakCheck());
        context.getStore(NAMESPACE).put(TestRun.class, run);
    }

    private static long seed(Loopback settings) {
        return settings.seed() == 0 ? Replay.nextSeed() : settings.seed();
    }

    /** Of the test itself, else of the class around it, else of the class around that. */
    private static @Nullable Loopback settings(ExtensionContext context) {
        ExtensionContext each = context;
        while (each != null) {
            Optional<Loopback> found = AnnotationSupport.findAnnotation(each.getElement(), Loopback.class);
            if (found.isPresent()) {
                return found.get();
            }
            each = each.getParent().orElse(null);
        }
        return null;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        run(context).end(context.getExecutionException().orElse(null));
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == AsyncLoopbackPair.class
                || type == AsyncLoopback.class
                || type == AsyncLoopback.Builder.class
                || type == VirtualTime.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (!context.getTestMethod().isPresent()) {
            throw new ParameterResolutionException(
                    "a client and a server belong to one test: take them as parameters of the test"
                            + " method, or of a @BeforeEach method");
        }
        TestRun run = run(context);
        Class<?> type = parameter.getParameter().getType();
        if (type == VirtualTime.class) {
            return run.time();
        }
        if (type == AsyncLoopback.Builder.class) {
            return run.builder();
        }
        try {
            return type == AsyncLoopback.class ? run.loopback() : run.pair();
        } catch (Exception failed) {
            throw new ParameterResolutionException("no client and server in memory", failed);
        }
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw run(context).explain(failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw run(context).explain(failure);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw run(context).explain(failure);
    }

    private static TestRun run(ExtensionContext context) {
        return context.getStore(NAMESPACE).get(TestRun.class, TestRun.class);
    }
}
