package dev.webtransport.testkit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.webtransport.testkit.quic.Direction;
import dev.webtransport.value.Perspective;
import dev.webtransport.value.StreamType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineWalkTest {
    private static final int WALKS = Integer.getInteger("dev.webtransport.engineWalks", 2_000);

    @Test
    void random_sequences_of_commands_break_no_invariant() {
        long seed = System.nanoTime();
        for (int walk = 0; walk < WALKS; walk++) {
            EngineWalk.run(seed + walk);
        }
    }

    @Test
    void an_end_that_times_out_while_all_comes_to_rest_closes_no_session() {
        EngineWalk.replay(
                20902104999569L,
                new Command.Pass(0),
                new Command.Connect(),
                new Command.Pass(0),
                new Command.Accept(0),
                new Command.Open(Perspective.SERVER, 0, StreamType.BIDIRECTIONAL),
                new Command.Write(Perspective.SERVER, 0, 510),
                new Command.Change(Weather.UNSTEADY),
                new Command.SendDatagram(Perspective.SERVER, 0, 0),
                new Command.ReadAll(Perspective.CLIENT),
                new Command.Write(Perspective.CLIENT, 0, 1),
                new Command.SendDatagram(Perspective.SERVER, 0, 0),
                new Command.Reset(Perspective.SERVER, 0, 0L),
                new Command.Stop(Perspective.SERVER, 0, 0L),
                new Command.Pass(0),
                new Command.Change(Weather.LOSSY),
                new Command.Pass(790),
                new Command.SendDatagram(Perspective.CLIENT, 2, 1),
                new Command.Pass(2417));
    }

    @Test
    void what_waits_for_a_session_that_was_given_up_on_the_way_is_not_held() {
        EngineWalk.replay(
                2899L,
                new Command.Pass(76),
                new Command.Connect(),
                new Command.Pass(33),
                new Command.Open(Perspective.CLIENT, 0, StreamType.UNIDIRECTIONAL),
                new Command.Connect(),
                new Command.Write(Perspective.CLIENT, 0, 0),
                new Command.Step(),
                new Command.Cancel(0));
    }

    @Test
    void credit_of_a_stream_that_never_showed_comes_back_to_who_said_before_that_it_is_blocked() {
        EngineWalk.replay(
                27175940608855L,
                new Command.Pass(3),
                new Command.Connect(),
                new Command.Pass(3),
                new Command.Accept(0),
                new Command.Open(Perspective.SERVER, 0, StreamType.UNIDIRECTIONAL),
                new Command.Write(Perspective.SERVER, 0, 51),
                new Command.Stall(Direction.SERVER_TO_CLIENT),
                new Command.Reset(Perspective.SERVER, 0, 0L));
    }

    @Test
    void credit_of_a_stream_that_was_refused_before_the_answer_came_comes_back() {
        EngineWalk.replay(
                27535146282065L,
                new Command.Step(),
                new Command.Connect(),
                new Command.Drive(),
                new Command.Change(Weather.UNSTEADY),
                new Command.Accept(0),
                new Command.Open(Perspective.SERVER, 0, StreamType.UNIDIRECTIONAL),
                new Command.Write(Perspective.SERVER, 0, 1371));
    }

    @Test
    void a_stream_keeps_its_order_through_a_cut_and_a_fault() {
        EngineWalk.replay(
                101979L,
                new Command.Pass(40),
                new Command.Connect(),
                new Command.Pass(40),
                new Command.Accept(0),
                new Command.Open(Perspective.SERVER, 0, StreamType.BIDIRECTIONAL),
                new Command.Write(Perspective.SERVER, 0, 0),
                new Command.Heal(),
                new Command.Write(Perspective.SERVER, 0, 1),
                new Command.DeliverFirst(Direction.CLIENT_TO_SERVER),
                new Command.Cut(Direction.SERVER_TO_CLIENT));
    }

    @Test
    void a_sequence_is_shortened_to_what_matters_in_it() {
        List<Command> failing = new ArrayList<>(CommandGenerator.commands(3));
        failing.add(10, new Command.Write(Perspective.CLIENT, 5, 700));
        failing.add(new Command.Close(Perspective.SERVER, 3, 9, 9));
        Shrinker shrinker = new Shrinker(commands -> {
            boolean written = false;
            for (Command command : commands) {
                written |= command instanceof Command.Write write && write.count() >= 300;
                if (written && command instanceof Command.Close) {
                    return true;
                }
            }
            return false;
        });
        List<Command> shortest = shrinker.shrink(failing);
        assertEquals(2, shortest.size(), shortest::toString);
        assertEquals(300, ((Command.Write) shortest.get(0)).count());
        assertEquals(0, ((Command.Close) shortest.get(1)).code());
    }

    @Test
    void a_sequence_that_nothing_can_be_taken_from_ends_the_search() {
        List<Command> commands = CommandGenerator.commands(4);
        Shrinker shrinker = new Shrinker(candidate -> candidate.equals(commands));
        assertEquals(commands, shrinker.shrink(commands));
    }

    @Test
    void the_search_for_a_shorter_sequence_is_bounded() {
        int[] calls = {0};
        Shrinker shrinker = new Shrinker(candidate -> ++calls[0] % 7 == 0);
        shrinker.shrink(CommandGenerator.commands(5));
        assertEquals(shrinker.attempts(), calls[0]);
        assertTrue(calls[0] <= Shrinker.MAX_ATTEMPTS, calls[0] + " attempts");
    }

    @Test
    void a_command_prints_as_the_expression_that_makes_it() {
        assertEquals(
                "new Command.Close(Perspective.SERVER, 3, 9L, 2)",
                new Command.Close(Perspective.SERVER, 3, 9, 2).java());
        assertEquals("new Command.Change(Weather.STORM)", new Command.Change(Weather.STORM).java());
    }
}
