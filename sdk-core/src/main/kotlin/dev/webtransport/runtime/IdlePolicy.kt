package dev.webtransport.runtime

import java.time.Duration

/** When a connection without sessions is closed; null for never. */
internal class IdlePolicy(val beforeFirstSession: Duration?, val afterLastSession: Duration?)
