package dev.webtransport.testkit.trace;

import dev.webtransport.error.ApplicationErrorCode;
import dev.webtransport.error.Http3ErrorCode;
import dev.webtransport.error.ProtocolViolation;
import java.util.OptionalLong;

/** Error codes and mistakes as a line shows them. */
final class ErrorText {
    private ErrorText() {}

    /** The application's own code and the number on the wire, or the name of the document and the number. */
    static String code(long wireCode) {
        OptionalLong applicationCode = ApplicationErrorCode.fromHttp3(wireCode);
        return applicationCode.isPresent()
                ? "WT_APPLICATION_ERROR " + applicationCode.getAsLong() + " (0x" + Long.toHexString(wireCode) + ")"
                : Http3ErrorCode.describe(wireCode);
    }

    /** What is wrong with bytes, and the code that answers them. */
    static String malformed(ProtocolViolation violation) {
        return "malformed: " + Http3ErrorCode.describe(violation.wireCode()) + ": " + violation.getMessage();
    }

    /** A reason that somebody gave, if any. */
    static String reason(String reason) {
        return reason.isEmpty() ? "" : " " + Quotation.of(reason);
    }
}
