package dev.webtransport.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Headers;
import dev.webtransport.value.Initiator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class WebTransportExceptionTest {
    @Test
    void a_closed_session_says_who_closed_it_and_how() {
        IOException cause = new IOException("first");
        SessionClosedException closed = new SessionClosedException(CloseInfo.of(7, "bye"), Initiator.REMOTE, cause);
        assertEquals("session closed by the peer: code 7 \"bye\"", closed.getMessage());
        assertEquals(CloseInfo.of(7, "bye"), closed.closeInfo());
        assertEquals(Initiator.REMOTE, closed.initiator());
        assertSame(cause, closed.getCause());
        assertEquals(
                "session closed by this end: code 0",
                new SessionClosedException(CloseInfo.NORMAL, Initiator.LOCAL, null).getMessage());
    }

    @Test
    void a_stream_that_ended_early_tells_the_code_or_that_there_is_none() {
        StreamResetException reset = new StreamResetException(0xffff_ffffL, false, null);
        assertEquals("the peer reset its sending side: code 4294967295", reset.getMessage());
        assertEquals(OptionalLong.of(0xffff_ffffL), reset.errorCode());
        assertEquals(0xffff_ffffL, reset.getErrorCode());

        StreamResetException gone = new StreamResetException(null, true, null);
        assertEquals("the peer reset its sending side: no application code, its session is gone", gone.getMessage());
        assertEquals(OptionalLong.empty(), gone.errorCode());
        assertNull(gone.getErrorCode());
        assertTrue(gone.sessionGone());

        StreamStoppedException stopped = new StreamStoppedException(0L, false, null);
        assertEquals("the peer sent STOP_SENDING: code 0", stopped.getMessage());
        assertEquals(OptionalLong.of(0), stopped.errorCode());
    }

    @Test
    void a_violation_names_scope_code_and_rule_and_costs_no_stack_trace() {
        ProtocolViolation violation =
                ProtocolViolation.session(Http3ErrorCode.H3_MESSAGE_ERROR, "rfc9114#4.1.2", "wrong");
        assertEquals(ViolationScope.SESSION, violation.scope());
        assertEquals(0x10e, violation.wireCode());
        assertEquals("rfc9114#4.1.2", violation.citation());
        assertEquals("wrong", violation.getMessage());
        assertEquals(0, violation.getStackTrace().length);
        assertEquals(ViolationScope.STREAM, ProtocolViolation.stream(1, "", "").scope());
        assertEquals(
                ViolationScope.CONNECTION,
                ProtocolViolation.connection(1, "", "").scope());
    }

    @Test
    void every_kind_is_an_io_exception_of_its_branch() {
        assertSame(SessionEstablishmentException.class, branch(new TransportUnavailableException("x", null)));
        assertSame(SessionEstablishmentException.class, branch(new RequirementsNotMetException("x")));
        assertSame(SessionEstablishmentException.class, branch(new SessionRejectedException(404, Headers.EMPTY, "x")));
        assertSame(SessionException.class, branch(new SessionTimedOutException("x", null)));
        assertSame(SessionException.class, branch(new ConnectionLostException("x", -1, Initiator.REMOTE, null)));
        assertSame(
                SessionException.class,
                branch(new ProtocolViolationException(
                        "x", ViolationScope.CONNECTION, 0x101, "rfc9114#8", Initiator.LOCAL, null)));
        assertSame(StreamException.class, branch(new StreamLimitException("x")));
    }

    @Test
    void what_was_written_to_a_log_file_as_an_object_can_be_read_again() throws Exception {
        SessionClosedException closed = copy(new SessionClosedException(CloseInfo.of(7, "bye"), Initiator.LOCAL, null));
        assertEquals("session closed by this end: code 7 \"bye\"", closed.getMessage());
        assertEquals(CloseInfo.NORMAL, closed.closeInfo());
        SessionRejectedException rejected = copy(new SessionRejectedException(404, Headers.of(Map.of("a", "b")), "no"));
        assertEquals(404, rejected.status());
        assertEquals(Headers.EMPTY, rejected.headers());
    }

    private static Class<?> branch(WebTransportException exception) {
        assertTrue(IOException.class.isInstance(exception));
        return exception.getClass().getSuperclass();
    }

    @SuppressWarnings("unchecked")
    private static <T> T copy(T exception) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(exception);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }
}
