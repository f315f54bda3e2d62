package dev.webtransport.runtime

import dev.webtransport.transport.QuicSendStream
import dev.webtransport.value.SendGroup

/** The groups of a session: those that the application made, and that of all streams without one. */
internal class SendGroups {
    private val none = Any()

    private inner class Group : SendGroup {
        fun isOf(groups: SendGroups) = this@SendGroups === groups

        override fun toString(): String = "send group"
    }

    fun create(): SendGroup = Group()

    /** What [group] is for the transport. */
    fun keyOf(group: SendGroup?): Any {
        if (group == null) return none
        require(group is Group && group.isOf(this)) { "the send group is another session's; make one with createSendGroup() of this one" }
        return group
    }
}

/** Order and group of one stream, as the application sets them and the transport is told. */
internal class SendPriority(
    private val groups: SendGroups,
    private val quic: QuicSendStream,
    group: SendGroup?,
    order: Long,
) {
    private val lock = Any()

    var order: Long = order
        get() = synchronized(lock) { field }
        set(value) = synchronized(lock) {
            field = value
            tell()
        }

    var group: SendGroup? = group
        get() = synchronized(lock) { field }
        set(value) {
            groups.keyOf(value)
            synchronized(lock) {
                field = value
                tell()
            }
        }

    init {
        tell()
    }

    private fun tell() = quic.prioritize(groups.keyOf(group), order)
}
