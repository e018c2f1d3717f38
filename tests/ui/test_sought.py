"""A message that was found, and where in the talk it is shown."""

import pytest

from protocol.chat import Role
from protocol.identity import MessageId, TurnId
from protocol.kept import Hit, KeptConversation
from protocol.turn import TurnState
from protocol.ui import NoticePosted
from tests.ui.models import model_after, talk_after
from tests.ui.page import Page, long_talk
from tests.ui.talk import OTHER, TALK, accepted, done, exchange, grew, moved, shows, started
from ui.sought import Sought, sought

SIZES = pytest.mark.parametrize("size", [(40, 10), (80, 24), (200, 60)], ids=str)
KEPT = KeptConversation(TALK, "The sea", "m", 0.0)
ASIDE = "\n\n".join(["Aside."] * 40)
REPLY = f"{ASIDE}\n\n## The deep\n\nIt is very deep there.\n\n```py\ndeep = 11_000\n```\n\n{ASIDE}"


def hit(message: str, role: Role) -> Hit:
    return Hit(KEPT, MessageId(message), role, "so deep")


def page(size: tuple[int, int]) -> Page:
    told = shows(exchange("1", "How deep?", REPLY), exchange("2", "And then?", ASIDE))
    return Page(size).take(started(), told)


@pytest.mark.parametrize(
    ("message", "role", "turn", "reply"), [("7", Role.USER, "7", False), ("7#2", Role.ASSISTANT, "7", True)]
)
def test_a_hit_knows_the_turn_that_it_is_in(message: str, role: Role, turn: str, reply: bool) -> None:
    assert sought(hit(message, role), "deep") == Sought(TALK, TurnId(turn), reply, "deep")


def test_a_turn_is_found_behind_notices_and_one_on_another_path_is_not() -> None:
    talk = talk_after(NoticePosted(TALK, "Look."), accepted("1"), done("1", "Hi."), accepted("2"))
    assert [Sought(TALK, TurnId(turn), True, "").place_in(talk) for turn in "123"] == [1, 2, None]


@SIZES
@pytest.mark.parametrize(
    ("words", "reply", "first"),
    [
        ("deep", False, "> How deep?"),
        ("very DEEP", True, "It is very deep there."),
        ("11_000", True, "  py"),
        ("deep whales", True, "The deep"),
        ("whales", True, "Aside."),
    ],
)
def test_a_hit_is_shown_where_its_words_are_said(size: tuple[int, int], words: str, reply: bool, first: str) -> None:
    shown = page(size)
    shown.transcript.find(0, words, reply, size)
    assert next(row for row in shown.rows() if row) == first
    assert not shown.transcript.follows
    shown.transcript.follow()
    assert shown.rows()[-1] == "Aside."


@SIZES
def test_a_hit_near_the_end_is_in_view_at_the_end(size: tuple[int, int]) -> None:
    shown = Page(size).take(started(), shows(exchange("1", "Hi", ASIDE), exchange("2", "How deep?", "So deep.")))
    shown.transcript.find(1, "deep", True, size)
    assert shown.rows()[-1] == "So deep."
    assert shown.transcript.follows


def test_what_comes_after_a_hit_was_shown_is_counted_below() -> None:
    shown = page((40, 10)).take(accepted("3", "More?"), moved("3", TurnState.ANSWERING))
    shown.transcript.find(0, "very", True, (40, 10))
    shown.rows()
    shown.take(grew("3", "One.\n\nTwo."))
    assert shown.rows()[-1] == "v 3 new lines   Ctrl-End"


def test_where_a_reply_has_not_begun_the_prompt_is_shown() -> None:
    shown = long_talk().take(accepted("2", "How deep?"), accepted("3", "\n".join("abcdefghijkl")))
    shown.transcript.find(1, "deep", True, shown.size)
    assert "> How deep?" in shown.rows()


def test_one_that_was_found_is_forgotten_when_another_chat_is_shown() -> None:
    model = model_after(started(), accepted("1"))
    model.sought = Sought(TALK, TurnId("1"), True, "deep")
    model.apply(started(OTHER), 9.0)
    assert model.sought is None
