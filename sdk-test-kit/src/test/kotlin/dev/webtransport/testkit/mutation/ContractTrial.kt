package dev.webtransport.testkit.mutation

import io.kotest.common.KotestInternal
import io.kotest.core.descriptors.Descriptor
import io.kotest.core.extensions.EnabledExtension
import io.kotest.core.spec.Spec
import io.kotest.core.spec.SpecRef
import io.kotest.core.test.Enabled
import io.kotest.core.test.TestCase
import io.kotest.engine.TestEngineLauncher
import io.kotest.engine.listener.AbstractTestEngineListener
import io.kotest.engine.test.TestResult

/** Runs a contract within a test, as Kotest would, and tells how its tests ended. */
@OptIn(KotestInternal::class)
internal object ContractTrial {
    /**
     * The results of [contract], by the names of its tests.
     *
     * @param only names of the tests to run; null for all
     */
    suspend fun run(contract: () -> Spec, only: Set<String>? = null): Map<String, TestResult> {
        val results = LinkedHashMap<String, TestResult>()
        val listener = object : AbstractTestEngineListener() {
            override suspend fun testFinished(testCase: TestCase, result: TestResult) {
                results[testCase.name.name] = result
            }
        }
        val selection = object : EnabledExtension {
            override suspend fun isEnabled(descriptor: Descriptor): Enabled {
                val wanted = only == null || descriptor !is Descriptor.TestDescriptor || descriptor.id.value in only
                return if (wanted) Enabled.enabled else Enabled.disabled("not asked for")
            }
        }
        TestEngineLauncher()
            .withListener(listener)
            .addExtension(selection)
            .withSpecRefs(SpecRef.Function(contract, contract()::class))
            .execute()
        return results
    }
}
