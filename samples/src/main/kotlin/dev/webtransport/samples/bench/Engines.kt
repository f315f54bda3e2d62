package dev.webtransport.samples.bench

import dev.webtransport.client.WebTransportClient
import dev.webtransport.config.ClientConfig
import dev.webtransport.config.ServerConfig
import dev.webtransport.samples.cli.CommandFailure
import dev.webtransport.samples.cli.ExitStatus
import dev.webtransport.server.WebTransportServer

/** A client on that engine. */
internal fun client(config: ClientConfig.Builder, engine: EngineOption): WebTransportClient {
    requireEngine(engine)
    return WebTransportClient(config.build())
}

/** A server on that engine. */
internal suspend fun server(config: ServerConfig.Builder, engine: EngineOption): WebTransportServer {
    requireEngine(engine)
    return WebTransportServer.listen(config.build())
}

/** What [engine] is here. */
internal fun engineName(engine: EngineOption): String = if (engine == EngineOption.AUTO) "netty" else engine.toString()

private fun requireEngine(engine: EngineOption) {
    if (engine == EngineOption.KWIK) throw CommandFailure(ExitStatus.FAILED, "this build has no engine kwik; use netty", null)
}
