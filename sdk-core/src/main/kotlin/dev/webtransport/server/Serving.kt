package dev.webtransport.server

import kotlin.coroutines.AbstractCoroutineContextElement
import kotlin.coroutines.CoroutineContext

/** Tells the coroutines of handlers that a server runs by itself, so that one may close the server it runs in. */
internal class Serving(val server: WebTransportServer) : AbstractCoroutineContextElement(Serving) {
    companion object Key : CoroutineContext.Key<Serving>
}
