import pytest

from protocol.errors import ConnectionLost
from protocol.frames import Metrics
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.reply import Broken, Ending, Finished, Reply, Stopped
from protocol.turn import TurnState
from protocol.ui import TurnEnded
from ui.medians import Medians, Timing, medians_of, table, timing_of

METRICS = Metrics(eval_count=20, eval_duration=2_000_000_000)
LOST = Broken(ConnectionLost("It broke.").failure)


def ended(state: TurnState, ending: Ending) -> TurnEnded:
    return TurnEnded(ConversationId("1"), StreamId(TurnId("2"), 1), state, Reply("Hi"), ending)


@pytest.mark.parametrize(
    ("event", "timing"),
    [
        (
            ended(TurnState.DONE, Finished("stop", METRICS, first_token=0.25)),
            Timing(False, 0.25, 10.0, 20, 3.0),
        ),
        (ended(TurnState.CUT, Finished("length", Metrics())), Timing(False, None, None, None, 3.0)),
        (ended(TurnState.FAILED, LOST), Timing(True)),
        (ended(TurnState.CANCELLED, Stopped()), Timing(True)),
    ],
)
def test_an_answer_has_the_times_that_are_known(event: TurnEnded, timing: Timing) -> None:
    assert timing_of(event, 3.0) == timing


def test_medians_are_of_what_did_not_fail_and_is_known() -> None:
    timings = [Timing(False, 0.1, 10.0, 5, 1.0), Timing(False, 0.3, None, 6, 2.0), Timing(True), Timing(False)]
    assert medians_of(timings) == Medians(3, 1, 0.2, 10.0, 5.5, 1.5)
    assert medians_of([]) == Medians(0, 0, None, None, None, None)


def test_the_table_has_a_line_for_each() -> None:
    rows = [("llama3.2", Medians(3, 0, 0.214, 45.06, 120.5, 2.9)), ("b", Medians(0, 3, None, None, None, None))]
    assert table(rows) == (
        "          answers  failed  first token  tokens/s  tokens  seconds\n"
        "llama3.2        3       0       0.21 s      45.1     120     2.90\n"
        "b               0       3            -         -       -        -\n"
    )


def test_a_wide_character_counts_as_two_cells() -> None:
    rows = [("模型", Medians(1, 0, None, None, None, 1.0)), ("a\u0308b", Medians(2, 0, None, None, None, 2.0))]
    assert table(rows).splitlines()[1:] == [
        "模型        1       0            -         -       -     1.00",
        "a\u0308b          2       0            -         -       -     2.00",
    ]


def test_where_a_line_has_no_room_each_number_has_a_line() -> None:
    rows = [("llama3.2", Medians(3, 0, 0.214, 45.06, 120.5, 2.9)), ("b", Medians(0, 3, None, None, None, None))]
    assert table(rows, 65) == table(rows)
    assert table(rows, 64) == (
        "llama3.2\n"
        "  answers      3\n"
        "  failed       0\n"
        "  first token  0.21 s\n"
        "  tokens/s     45.1\n"
        "  tokens       120\n"
        "  seconds      2.90\n"
        "\n"
        "b\n"
        "  answers      0\n"
        "  failed       3\n"
        "  first token  -\n"
        "  tokens/s     -\n"
        "  tokens       -\n"
        "  seconds      -\n"
    )
