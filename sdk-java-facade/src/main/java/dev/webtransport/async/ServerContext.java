package dev.webtransport.async;

import kotlin.coroutines.AbstractCoroutineContextElement;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;

/** Tells the coroutines that a server runs whose they are: a router may serve several. */
final class ServerContext extends AbstractCoroutineContextElement {
    private static final CoroutineContext.Key<ServerContext> KEY = new CoroutineContext.Key<>() {};

    private final AsyncServer server;

    ServerContext(AsyncServer server) {
        super(KEY);
        this.server = server;
    }

    /** The server that a function is called for. */
    static AsyncServer server(Continuation<?> function) {
        ServerContext found = function.getContext().get(KEY);
        if (found == null) {
            throw new IllegalStateException("an AsyncRouter serves through AsyncServer.serve(router)");
        }
        return found.server;
    }
}
