package dev.webtransport.testkit

import io.kotest.assertions.withClue
import io.kotest.core.spec.style.StringSpec
import io.kotest.matchers.shouldBe
import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import java.io.File

class AbiDumpSpec :
    StringSpec({
        "the public interface is the one in the dump" {
            val classes = File("target/classes")
                .walk()
                .filter { it.extension == "class" }
                .sorted()
                .toList()
            val dump = StringBuilder()
            AbiTools.getInstance(AbiDumpSpec::class.java.classLoader).printJvmDump(dump, classes, AbiFilters.EMPTY)
            val file = File("api/sdk-test-kit.api")
            if (System.getProperty("updateApi") != null) {
                file.parentFile.mkdirs()
                file.writeText(dump.toString())
            }
            withClue("$file is stale: see CONTRIBUTING.md") { dump.toString() shouldBe file.readText() }
        }
    })
