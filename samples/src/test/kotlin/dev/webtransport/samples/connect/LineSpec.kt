package dev.webtransport.samples.connect

import dev.webtransport.value.CloseInfo
import io.kotest.core.spec.style.FunSpec
import io.kotest.matchers.shouldBe
import io.kotest.matchers.types.shouldBeInstanceOf

class LineSpec : FunSpec({
    test("text is sent as it is, also behind /stream") {
        Line.parse("hello  there ").shouldBeInstanceOf<Line.Stream>().text shouldBe "hello  there "
        Line.parse("/stream /close").shouldBeInstanceOf<Line.Stream>().text shouldBe "/close"
    }

    test("/uni and /dgram take the rest of the line") {
        Line.parse("/uni a b").shouldBeInstanceOf<Line.Unidirectional>().text shouldBe "a b"
        Line.parse("/dgram a b").shouldBeInstanceOf<Line.Datagram>().text shouldBe "a b"
        Line.parse("/dgram").shouldBeInstanceOf<Line.Datagram>().text shouldBe ""
    }

    test("/close takes a code and a reason, or neither") {
        Line.parse("/close").shouldBeInstanceOf<Line.Close>().info shouldBe CloseInfo.NORMAL
        Line.parse("/close 7").shouldBeInstanceOf<Line.Close>().info shouldBe CloseInfo.of(7)
        Line.parse("/close 7 that was all").shouldBeInstanceOf<Line.Close>().info shouldBe CloseInfo.of(7, "that was all")
    }

    listOf("/close x", "/close -1", "/close 4294967296", "/close 0 ${"x".repeat(1025)}", "/shout", "/Close").forEach { line ->
        test("${line.take(20)} is explained, not guessed") {
            Line.parse(line).shouldBeInstanceOf<Line.Mistake>()
        }
    }

    test("an empty line sends nothing") {
        Line.parse("") shouldBe Line.Empty
    }
})
