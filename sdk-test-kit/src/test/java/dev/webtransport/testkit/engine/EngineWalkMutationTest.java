package dev.webtransport.testkit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.engine.EngineEvent;
import dev.webtransport.testkit.fault.Fault;
import dev.webtransport.testkit.network.SimulatedNetwork;
import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.value.CloseInfo;
import dev.webtransport.value.Initiator;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Walks are worth nothing if they pass over mistakes: one of each kind is planted here, and must be found and named. */
class EngineWalkMutationTest {
    private static final int MAX_WALKS = 500;
    private static final int SHORT = 12;

    @Test
    void a_lost_byte_is_found() {
        assertFound(Invariant.BYTES, () -> new Tampering() {
            @Override
            byte[] payload(EngineStream stream, byte[] bytes) {
                return bytes.length < 2 ? bytes : Arrays.copyOfRange(bytes, 1, bytes.length);
            }
        });
    }

    @Test
    void a_duplicated_byte_is_found() {
        assertFound(Invariant.BYTES, () -> new Tampering() {
            @Override
            byte[] payload(EngineStream stream, byte[] bytes) {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                longer[bytes.length] = bytes[bytes.length - 1];
                return longer;
            }
        });
    }

    @Test
    void bytes_in_the_wrong_order_are_found() {
        assertFound(Invariant.BYTES, () -> new Tampering() {
            @Override
            byte[] payload(EngineStream stream, byte[] bytes) {
                byte[] turned = bytes.clone();
                turned[0] = bytes[bytes.length - 1];
                turned[bytes.length - 1] = bytes[0];
                return turned;
            }
        });
    }

    @Test
    void bytes_beyond_the_credit_of_a_session_are_found() {
        assertFound(Invariant.CREDIT, () -> new Tampering() {
            @Override
            boolean countsCredit(EngineStream stream) {
                return false;
            }
        });
    }

    @Test
    void a_leaked_stream_is_found() {
        assertFound(Invariant.NOTHING_HELD, () -> new Tampering() {
            @Override
            boolean tellsEnd(EngineStream stream) {
                return stream.isOpened();
            }
        });
    }

    @Test
    void a_lost_fin_is_found() {
        assertFound(Invariant.PROGRESS, () -> new Tampering() {
            @Override
            boolean finishes(EngineStream stream) {
                return false;
            }
        });
    }

    @Test
    void a_session_that_closes_twice_is_found() {
        assertFound(Invariant.SESSION_END, () -> new Tampering() {
            @Override
            List<EngineEvent> events(EngineEvent event) {
                return event instanceof EngineEvent.SessionClosed ? List.of(event, event) : List.of(event);
            }
        });
    }

    @Test
    void a_session_that_never_ends_is_found() {
        assertFound(Invariant.PROGRESS, () -> new Tampering() {
            @Override
            List<EngineEvent> events(EngineEvent event) {
                return event instanceof EngineEvent.SessionEnded ? List.of() : List.of(event);
            }
        });
    }

    @Test
    void a_stream_that_comes_twice_is_found() {
        assertFound(Invariant.STREAM_END, () -> new Tampering() {
            @Override
            List<EngineEvent> events(EngineEvent event) {
                return event instanceof EngineEvent.IncomingStream ? List.of(event, event) : List.of(event);
            }
        });
    }

    @Test
    void a_datagram_that_comes_twice_is_found() {
        assertFound(Invariant.DATAGRAMS, () -> new Tampering() {
            @Override
            List<EngineEvent> events(EngineEvent event) {
                return event instanceof EngineEvent.DatagramReceived ? List.of(event, event) : List.of(event);
            }
        });
    }

    @Test
    void missing_credit_is_found() {
        for (Direction direction : Direction.values()) {
            assertFound(Invariant.CREDIT, () -> new Tampering() {
                @Override
                void prepare(SimulatedNetwork network) {
                    network.inject(Fault.withholdCredit(direction));
                }
            });
        }
    }

    @Test
    void a_wrong_code_is_found() {
        assertFound(Invariant.STREAM_END, () -> new Tampering() {
            @Override
            long wireCode(EngineStream stream, long wireCode) {
                return wireCode ^ 1;
            }
        });
    }

    @Test
    void a_wrong_close_reason_is_found() {
        assertFound(Invariant.SESSION_END, () -> new Tampering() {
            @Override
            List<EngineEvent> events(EngineEvent event) {
                if (event instanceof EngineEvent.SessionClosed closed && closed.initiator() == Initiator.REMOTE) {
                    CloseInfo info =
                            CloseInfo.of(closed.info().code(), closed.info().reason() + "!");
                    return List.of(new EngineEvent.SessionClosed(
                            closed.sessionId(), info, closed.initiator(), closed.violation()));
                }
                return List.of(event);
            }
        });
    }

    @Test
    void a_close_without_its_reason_is_found() {
        assertFound(Invariant.SESSION_END, () -> new Tampering() {
            @Override
            List<EngineEvent> events(EngineEvent event) {
                return event instanceof EngineEvent.SessionClosed closed
                        ? List.of(new EngineEvent.SessionClosed(
                                closed.sessionId(), CloseInfo.NORMAL, closed.initiator(), closed.violation()))
                        : List.of(event);
            }
        });
    }

    private static void assertFound(Invariant invariant, Supplier<Tampering> mistake) {
        long seed = System.nanoTime();
        for (int walk = 0; walk < MAX_WALKS; walk++) {
            Optional<EngineWalk.Finding> finding = EngineWalk.find(seed + walk, mistake);
            if (finding.isPresent()) {
                EngineWalk.Finding found = finding.get();
                assertEquals(invariant, found.broken.invariant(), found::toString);
                assertTrue(found.commands.size() < SHORT, found::toString);
                assertTrue(found.toString().contains("EngineWalk.replay(" + (seed + walk) + "L"), found::toString);
                return;
            }
        }
        throw new AssertionError(MAX_WALKS + " walks from seed " + seed + " found nothing");
    }
}
