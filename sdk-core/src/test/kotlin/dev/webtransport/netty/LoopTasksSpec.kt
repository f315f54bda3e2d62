package dev.webtransport.netty

import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.collections.shouldContainExactly
import io.netty.channel.DefaultEventLoop
import java.util.Collections
import java.util.concurrent.TimeUnit

/** In which order things happen on an event loop around the packets of one reading. */
internal class LoopTasksSpec :
    FunSpec({
        val loop = DefaultEventLoop()
        afterSpec { loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly() }

        fun onLoop(action: (LoopTasks, MutableList<String>) -> Unit): List<String> {
            val done = Collections.synchronizedList(ArrayList<String>())
            loop.submit { action(LoopTasks(loop), done) }.syncUninterruptibly()
            // What was handed to the loop itself goes before this.
            loop.submit {}.syncUninterruptibly()
            return done
        }

        test("what comes up while packets are handled is done before quiche sends, and what no packet waits for behind it") {
            onLoop { tasks, done ->
                tasks.handleReading()
                tasks.executeAfterSending { done += "FIN was taken" }
                tasks.execute { done += "answer" }
                done += "packet"
                tasks.runPending()
                done += "sent"
                tasks.handleReadComplete()
                done += "next"
            }.shouldContainExactly("packet", "answer", "sent", "FIN was taken", "next")
        }

        test("what these bring up in turn is done in the same reading") {
            onLoop { tasks, done ->
                tasks.handleReading()
                tasks.executeAfterSending {
                    tasks.execute {
                        done += "write"
                        tasks.executeAfterSending { done += "its FIN" }
                    }
                    done += "FIN"
                }
                tasks.runPending()
                tasks.handleReadComplete()
                done += "next"
            }.shouldContainExactly("FIN", "write", "its FIN", "next")
        }

        test("between readings the loop does all in its own order, and nothing waits for packets") {
            onLoop { tasks, done ->
                tasks.execute { done += "task" }
                tasks.executeAfterSending { done += "at once" }
                done += "end"
            }.shouldContainExactly("at once", "end", "task")
        }

        test("a task that fails is not the others' fault") {
            onLoop { tasks, done ->
                tasks.handleReading()
                tasks.executeAfterSending { error("told in the log") }
                tasks.executeAfterSending { done += "another" }
                tasks.handleReadComplete()
            }.shouldContainExactly("another")
        }
    })
