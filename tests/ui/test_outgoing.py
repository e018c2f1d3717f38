import pytest

from protocol.commands import Command, New, Open, Show
from protocol.compare_words import CompareJudge, CompareMerge
from protocol.comparison import ColumnKind, JudgeOffered
from protocol.identity import ConversationId, TurnId
from protocol.input_handler import CommandPressed, InputHandlerMessage, TextSubmitted
from protocol.ui import ConversationStarted, InputRefused, NoticePosted, PromptOffered, UiEvent
from tests.support.addresses import Recorder
from ui.outgoing import Outgoing, Written

OLD, OTHER = ConversationId("old"), ConversationId("new")
OFFER = PromptOffered(OLD, TurnId("1"), "Hi")


class Desk:
    """What goes out, and to whom."""

    def __init__(self, connected: bool = True) -> None:
        self.engine: Recorder[InputHandlerMessage] = Recorder()
        self.outgoing = Outgoing()
        if connected:
            self.outgoing.connect(self.engine)

    def submit(self, *texts: str) -> "Desk":
        for text in texts:
            self.outgoing.submit(Written(text))
        return self

    def sent(self, shown: ConversationId | None, *heard: UiEvent) -> list[InputHandlerMessage]:
        for event in heard:
            self.outgoing.hear(event)
        self.outgoing.flush(shown)
        return list(self.engine.take())


def test_a_text_waits_for_an_engine_and_for_a_conversation() -> None:
    desk = Desk(connected=False).submit("hello")
    assert desk.sent(OLD) == []
    desk.outgoing.connect(desk.engine)
    assert desk.sent(None) == []
    assert desk.sent(OLD) == [TextSubmitted(OLD, "hello")]
    assert desk.sent(OLD) == []


@pytest.mark.parametrize("command", [" /new ", "/open other", "/fork", "/undelete", "/delete"])
def test_what_follows_a_command_that_leads_elsewhere_waits_for_the_other_conversation(command: str) -> None:
    desk = Desk().submit("one", command, "two")
    assert desk.sent(OLD) == [TextSubmitted(OLD, "one"), TextSubmitted(OLD, command)]
    assert desk.sent(OLD, NoticePosted(OTHER, "Elsewhere."), ConversationStarted(OTHER, None, shown=False)) == []
    assert desk.sent(OTHER, ConversationStarted(OTHER, None)) == [TextSubmitted(OTHER, "two")]


@pytest.mark.parametrize("answer", [NoticePosted(OLD, "Not found."), InputRefused(OLD, "/open other", "Too fast.")])
def test_it_goes_to_the_old_one_where_that_says_why_it_stays(answer: UiEvent) -> None:
    desk = Desk().submit("/open other", "two")
    desk.sent(OLD)

    assert desk.sent(OLD, answer) == [TextSubmitted(OLD, "two")]


def test_what_is_said_in_the_old_one_does_not_hold_up_a_new_one() -> None:
    desk = Desk().submit("/search words", "/new", "two")
    desk.sent(OLD)

    assert desk.sent(OLD, NoticePosted(OLD, "Found.")) == []
    assert desk.sent(OLD, InputRefused(OLD, "/new", "Too fast.")) == [TextSubmitted(OLD, "two")]


@pytest.mark.parametrize("command", [New(), Open("other")])
def test_a_command_of_a_key_or_a_list_leads_elsewhere_too(command: Command) -> None:
    desk = Desk()
    desk.outgoing.submit(command)
    desk.submit("two")
    assert desk.sent(OLD) == [CommandPressed(OLD, command)]
    assert desk.sent(OTHER, ConversationStarted(OTHER, None)) == [TextSubmitted(OTHER, "two")]


def test_one_that_is_open_is_shown_already_so_nothing_waits_for_it() -> None:
    desk = Desk()
    desk.outgoing.submit(Show(OTHER))
    desk.submit("two")
    assert desk.sent(OTHER) == [CommandPressed(OTHER, Show(OTHER)), TextSubmitted(OTHER, "two")]


def test_a_command_that_is_mistyped_leads_nowhere() -> None:
    assert Desk().submit("/new now", "two").sent(OLD) == [TextSubmitted(OLD, "/new now"), TextSubmitted(OLD, "two")]


def test_it_is_told_what_a_text_replaces_whether_it_is_urgent_and_whether_it_was_typed() -> None:
    desk = Desk()
    desk.outgoing.submit(Written("Hello", OFFER))
    desk.outgoing.submit(Written("Now!", urgent=True))
    desk.outgoing.submit(Written("Piped", typed=False))

    assert desk.sent(OLD) == [
        TextSubmitted(OLD, "Hello", OFFER.turn),
        TextSubmitted(OLD, "Now!", urgent=True),
        TextSubmitted(OLD, "Piped", typed=False),
    ]


def test_an_edit_that_comes_to_another_conversation_replaces_nothing_there() -> None:
    desk = Desk()
    desk.outgoing.submit(Written("Hello", OFFER))

    assert desk.sent(OTHER) == [TextSubmitted(OTHER, "Hello")]


@pytest.mark.parametrize(
    ("kind", "command"),
    [(ColumnKind.JUDGE, CompareJudge("phi4", "Which?")), (ColumnKind.MERGE, CompareMerge("phi4", "Which?"))],
)
def test_a_question_to_one_who_judges_or_merges_goes_as_what_it_is(kind: ColumnKind, command: Command) -> None:
    desk = Desk()
    desk.outgoing.submit(Written("Which?", asks=JudgeOffered(OLD, kind, "phi4", "Which of them?")))
    assert desk.sent(OLD) == [CommandPressed(OLD, command)]


def test_it_is_asked_where_the_answers_are_though_another_conversation_is_shown_since() -> None:
    desk = Desk()
    desk.outgoing.submit(Written("Which?", asks=JudgeOffered(OLD, ColumnKind.JUDGE, "phi4", "Which of them?")))
    assert desk.sent(OTHER) == [CommandPressed(OLD, CompareJudge("phi4", "Which?"))]
