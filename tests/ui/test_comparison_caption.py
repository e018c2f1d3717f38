import pytest

from protocol.errors import Category, Failure
from protocol.frames import Metrics
from protocol.identity import StreamId, TurnId
from protocol.reply import Stopped
from protocol.tree import Place
from protocol.turn import TurnState
from ui.comparison_caption import Caption, caption, title_rows
from ui.palette import Role
from ui.rows import Row
from ui.turn import Attempt, Turn

FACTS = (
    ("34 tokens/s", "34 t/s", "34 t/s"),
    ("first token 0.4 s", "first 0.4 s", "0.4 s"),
    ("512 tokens", "512 t", "512 t"),
)
DONE = Caption(2, "qwen3:8b", "done", facts=FACTS)
AWAY = Failure(Category.NETWORK, "The server is away.", "Wait.", "Away")


def texts(shown: Caption, columns: int, height: int = 2, focused: bool = False) -> list[str]:
    return ["".join(run.decode() for _, _, run in row).rstrip() for row in title_rows(shown, columns, focused, height)]


def turn(state: TurnState, attempt: Attempt | None = None, since: float = 3.0) -> Turn:
    return Turn(TurnId("1"), "Why?", since, state, attempt=attempt)


def attempt(chunks: int = 21, first: float = 1.5, last: float = 3.5, metrics: Metrics | None = None) -> Attempt:
    return Attempt(
        StreamId(TurnId("1"), 1), "m", chunks=chunks, first_chunk=first, last_chunk=last, began=1.0, metrics=metrics
    )


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (48, [" 2 qwen3:8b                                done", "   34 tokens/s  first token 0.4 s  512 tokens"]),
        (38, [" 2 qwen3:8b                      done", "   34 t/s  first 0.4 s  512 t"]),
        (27, [" 2 qwen3:8b           done", "   34 t/s  0.4 s  512 t"]),
        (18, [" 2 qwen3:8b  done", "   34 t/s  0.4 s"]),
        (14, [" 2 q...  done", "   34 t/s"]),
    ],
)
def test_it_says_as_much_as_there_is_room_for(columns: int, rows: list[str]) -> None:
    assert texts(DONE, columns) == rows


def test_where_rows_are_few_all_is_in_one() -> None:
    assert texts(DONE, 40, 1) == [" 2 qwen3:8b  34 t/s  0.4 s  512 t  done"]
    assert texts(DONE, 26, 1) == [" 2 qwen3:8b  34 t/s  done"]


def test_where_rows_are_many_a_blank_one_is_below() -> None:
    assert texts(DONE, 27, 3) == [*texts(DONE, 27), ""]


def test_the_one_in_focus_is_on_the_ground_of_the_bar() -> None:
    def inks(row: Row) -> set[object]:
        return {ink for ink, _, _ in row}

    assert inks(title_rows(DONE, 40, True, 2)[0]) <= {Role.STATUS, Role.STATUS_STRONG}
    assert inks(title_rows(DONE, 40, False, 2)[0]) <= {Role.LABEL, Role.MARK, None}


def test_that_an_answer_was_picked_is_said_in_the_place_of_how_it_ended() -> None:
    assert texts(Caption(1, "phi4", "done", picked=True), 26)[0] == " 1 phi4            picked"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (TurnState.QUEUED, ("queued", "", False, True)),
        (TurnState.CONNECTING, ("loading", "5 s", False, True)),
        (TurnState.THINKING, ("thinking", "5 s", False, True)),
        (TurnState.ANSWERING, ("answering", "5 s", False, True)),
        (TurnState.DONE, ("done", "", False, False)),
        (TurnState.CUT, ("cut", "", True, False)),
        (TurnState.FAILED, ("failed", "", True, False)),
        (TurnState.CANCELLED, ("cancelled", "", True, False)),
        (TurnState.INTERRUPTED, ("interrupted", "", True, False)),
        (TurnState.WAITING_FOR_SERVER, ("waits for server", "", False, True)),
    ],
)
def test_it_says_what_happens_and_for_how_long(state: TurnState, said: tuple[str, str, bool, bool]) -> None:
    found = caption(1, "m", turn(state), 8.0)
    assert (found.state, found.time, found.bad, found.under_way) == said


def test_a_retry_counts_down() -> None:
    again = Turn(TurnId("1"), "Why?", 3.0, TurnState.RETRYING, failure=AWAY, delay=4.0)
    assert caption(1, "m", again, 5.0).time == "in 2 s"


def test_which_version_it_is_is_said_when_it_is_over() -> None:
    versioned = turn(TurnState.DONE)
    versioned.reply_place = Place(2, 3)
    assert caption(1, "m", versioned, 5.0).state == "done 2/3"


def test_what_was_seen_is_told_until_the_server_has_counted() -> None:
    counted = attempt(metrics=Metrics(eval_count=120, eval_duration=2_000_000_000))
    seen, said = (caption(1, "m", turn(TurnState.ANSWERING, one), 5.0).facts for one in (attempt(), counted))
    assert [long for long, _, _ in seen] == ["10 tokens/s", "first token 0.5 s", "21 tokens"]
    assert [long for long, _, _ in said] == ["60 tokens/s", "first token 0.5 s", "120 tokens"]


def test_how_long_the_first_token_took_is_told_as_it_is_kept() -> None:
    told = Attempt(StreamId(TurnId("1"), 1), "m", measured=0.7)
    assert caption(1, "m", turn(TurnState.DONE, told), 5.0).facts == (("first token 0.7 s", "first 0.7 s", "0.7 s"),)


def test_how_long_the_first_token_of_a_cancelled_answer_took_is_kept_too() -> None:
    told = Attempt(StreamId(TurnId("1"), 1), "m")
    told.take_counts(Stopped(0.7))
    assert caption(1, "m", turn(TurnState.CANCELLED, told), 5.0).facts == (
        ("first token 0.7 s", "first 0.7 s", "0.7 s"),
    )


def test_before_anything_came_there_is_nothing_to_tell() -> None:
    assert caption(1, "m", None, 5.0) == Caption(1, "m")
    assert caption(1, "m", turn(TurnState.CONNECTING), 5.0).facts == ()


def test_a_name_cannot_move_the_cursor() -> None:
    assert texts(Caption(1, "m\x1b[2J\n日本", "done"), 30)[0] == " 1 m␛[2J 日本            done"
