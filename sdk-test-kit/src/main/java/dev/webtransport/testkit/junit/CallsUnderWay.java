package dev.webtransport.testkit.junit;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import kotlinx.coroutines.CompletableJob;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.SupervisorKt;

/**
 * The calls of the facade that have not ended, by name: which method, called where. A call begins with a task for its
 * dispatcher, so that its method and its caller are on the stack when a task comes and a job is there that was not before.
 *
 * <p>Only the thread of the test should begin calls; those of other threads may get no name.
 */
final class CallsUnderWay {
    /** Beyond it calls are counted but not named. */
    private static final int MAX_NAMED = 1_000;

    private static final String FACADE = "dev.webtransport.async.";

    /** Where the kit itself calls the facade on behalf of a test. */
    private static final Set<String> KIT =
            Set.of(AsyncLoopback.class.getName(), TestRun.class.getName(), WebTransportAssertions.class.getName());

    /** What the facade calls for itself, to forget what is over. */
    private static final String WATCH = "the end of a session or of a connection";

    private final CompletableJob parent;

    /** Guarded by this. */
    private final Map<Job, String> names = new LinkedHashMap<>();

    CallsUnderWay(Job parent) {
        this.parent = SupervisorKt.SupervisorJob(parent);
    }

    /** The parent of every call. */
    Job parent() {
        return parent;
    }

    /** A task comes: perhaps the first one of a call. */
    synchronized void handleTask() {
        Iterator<Job> calls = parent.getChildren().iterator();
        for (int i = 0; i < MAX_NAMED && calls.hasNext(); i++) {
            Job call = calls.next();
            if (!names.containsKey(call)) {
                names.put(call, name(new Throwable().getStackTrace()));
            }
        }
        if (names.size() > MAX_NAMED) {
            names.keySet().removeIf(Job::isCompleted);
        }
    }

    /** What somebody waits for, one line each. */
    List<String> waiting() {
        List<String> waiting = names();
        waiting.removeIf(WATCH::equals);
        return waiting;
    }

    /** What has not ended, one line each. */
    synchronized List<String> names() {
        names.keySet().removeIf(Job::isCompleted);
        List<String> all = new ArrayList<>();
        Iterator<Job> calls = parent.getChildren().iterator();
        while (calls.hasNext()) {
            Job call = calls.next();
            all.add(names.getOrDefault(call, "a call of the facade"));
        }
        return all;
    }

    /** The outermost method of the facade on the stack, and the innermost line outside of the SDK and the JDK below it. */
    private static String name(StackTraceElement[] stack) {
        String method = "a call of the facade";
        boolean inFacade = false;
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (type.equals(FACADE + "Handles")) {
                return WATCH;
            }
            if (type.startsWith(FACADE)) {
                inFacade = true;
                method = type.substring(FACADE.length()) + "." + frame.getMethodName();
            } else if (inFacade && isOfApplication(type)) {
                return method + ", called at " + frame.getFileName() + ":" + frame.getLineNumber();
            }
        }
        return method;
    }

    private static boolean isOfApplication(String type) {
        return !type.startsWith("java.")
                && !type.startsWith("jdk.")
                && !type.startsWith("kotlin.")
                && !type.startsWith("kotlinx.")
                && !type.startsWith("org.junit.")
                && !KIT.contains(type);
    }
}
