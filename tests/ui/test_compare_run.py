"""What `chinwag compare` asks, and what it prints of the answers, with an engine that does as the test says."""

import json
from collections import deque
from collections.abc import Callable, Iterator
from io import StringIO

from protocol.comparison import Column, Compare, Comparison, ComparisonBegan, ComparisonId, Contestant
from protocol.coordinator import CoordinatorMessage, DiscardConversation, StartConversation
from protocol.errors import Category, Failure
from protocol.frames import Chunk, Metrics
from protocol.identity import ConversationId, StreamId, TurnId
from protocol.models import RunningModel, ServerSurvey
from protocol.reply import Finished, Reply
from protocol.server_names import ServerNames
from protocol.turn import TurnState
from protocol.ui import ConversationStarted, ReplyGrew, ServerChanged, TurnEnded, TurnMoved, UiEvent
from tests.support.addresses import Recorder
from ui.ask_forewarning import AskForewarning
from ui.ask_prompts import PromptLine
from ui.compare_printers import Columns, JsonColumns, TextColumns
from ui.compare_run import ComparingMany
from ui.inbox import Inbox
from ui.paper import Pages, Printed

A, B = Contestant("a"), Contestant("b")
Answering = Callable[[int, ConversationId], list[UiEvent]]
"""What is told of an answer: to which prompt, from 1, and in which column."""


class Lines:
    """Prompts that are there at once."""

    descriptor: int | None = None
    must_read = False

    def __init__(self, count: int, prompt: str = "") -> None:
        self._left = deque(PromptLine(number, prompt or f"{number}?") for number in range(1, count + 1))
        self.taken = 0

    @property
    def over(self) -> bool:
        return not self._left

    def read(self) -> None:
        """There is nothing to wait for."""

    def take(self) -> PromptLine | None:
        self.taken += bool(self._left)
        return self._left.popleft() if self._left else None


class LateInbox(Inbox[UiEvent]):
    """Is told of what is late when whoever waits would wait for ever."""

    def __init__(self, late: Callable[[], list[UiEvent]]) -> None:
        super().__init__()
        self._late = late
        self._waiting = 0

    def tell(self, message: UiEvent, /) -> None:
        self._waiting += 1
        super().tell(message)

    def wait(self, descriptor: int | None, seconds: float | None) -> bool:
        for event in [] if self._waiting else self._late():
            self.tell(event)
        return super().wait(descriptor, seconds)

    def drain(self) -> list[UiEvent]:
        self._waiting = 0
        return super().drain()


class PlayedEngine:
    """Begins what it is told to begin, and answers at once as `answering` says."""

    def __init__(self, inbox: Inbox[UiEvent], answering: Answering) -> None:
        self.coordinator = self
        self.archivist: Recorder[object] = Recorder()
        self.discarded: list[ConversationId] = []
        self._inbox = inbox
        self._answering = answering
        self._count = 0

    def tell(self, message: CoordinatorMessage) -> None:
        match message:
            case StartConversation(model=model):
                self._count += 1
                self._inbox.tell(ConversationStarted(ConversationId(str(self._count)), model))
            case Compare():
                self._compare(message)
            case DiscardConversation(conversation=conversation):
                self.discarded.append(conversation)
            case _:
                raise AssertionError(message)

    def _compare(self, message: Compare) -> None:
        here = message.conversation
        names = [(ConversationId(f"{here}{who.model}"), who) for who in message.contestants]
        for name, who in names:
            self._inbox.tell(ConversationStarted(name, who.model, shown=False, column_of=here))
        columns = tuple(Column(name, who, TurnId(name)) for name, who in names)
        comparison = Comparison(ComparisonId(here), here, None, TurnId(here), message.prompt, columns)
        self._inbox.tell(ComparisonBegan(here, comparison))
        for name, _ in names:
            for event in self._answering(int(here), name):
                self._inbox.tell(event)


def asked(where: ConversationId, attempt: int = 1, model: str = "m") -> TurnMoved:
    return TurnMoved(where, StreamId(TurnId(where), attempt), TurnState.CONNECTING, model)


def said(where: ConversationId, words: str = "Hi") -> ReplyGrew:
    return ReplyGrew(where, StreamId(TurnId(where), 1), (Chunk(words),))


def done(where: ConversationId, first_token: float = 0.5) -> TurnEnded:
    ending = Finished("stop", Metrics(eval_count=3, eval_duration=10**9), first_token=first_token)
    return TurnEnded(where, StreamId(TurnId(where), 1), TurnState.DONE, Reply("Hi"), ending)


def ticking() -> Callable[[], float]:
    """A clock that goes on by a second whenever it is looked at."""
    times: Iterator[int] = iter(range(10_000))
    return lambda: float(next(times))


def compared(
    lines: Lines, columns: Columns, answering: Answering, most: int = 1, inbox: Inbox[UiEvent] | None = None
) -> tuple[int, PlayedEngine]:
    inbox = inbox or Inbox()
    engine = PlayedEngine(inbox, answering)
    asking = engine, inbox, lines, StartConversation("a"), lambda _: None, most, AskForewarning(ServerNames())
    run = ComparingMany(*asking, (A, B), columns, ticking()).run()
    inbox.close()
    return run, engine


def events(answering: Answering) -> list[dict[str, object]]:
    """What is printed for programs of one prompt, but for who answers, and the beginning."""
    out = StringIO()
    compared(Lines(1), JsonColumns(Printed(out, out), many=False), answering)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    return [one for one in told if one["type"] not in ("contestant", "start")]


def test_an_end_and_the_medians_tell_the_same_seconds_of_an_answer_that_was_asked_for_twice() -> None:
    def answering(_: int, where: ConversationId) -> list[UiEvent]:
        failure = Failure(Category.NETWORK, "It is busy.")
        again = TurnMoved(where, StreamId(TurnId(where), 1), TurnState.RETRYING, failure=failure, delay=9.0)
        return [asked(where), again, asked(where, 2), done(where)]

    told = events(answering)
    ends = [(one["contestant"], one["first_token"], one["seconds"]) for one in told if one["type"] == "end"]
    medians = [(one["contestant"], one["first_token"], one["seconds"]) for one in told if one["type"] == "median"]
    assert ends == medians == [(1, 0.5, 1.0), (2, 0.5, 1.0)]


def test_an_answer_without_a_first_piece_has_no_time_to_it() -> None:
    told = events(lambda _, where: [asked(where), done(where, first_token=0.0)])
    assert [(one["type"], one["first_token"]) for one in told] == [
        ("end", None),
        ("end", None),
        ("median", None),
        ("median", None),
    ]


def test_no_more_prompts_are_answered_ahead_than_can_be_kept() -> None:
    lines, slow, out = Lines(1000), ConversationId("1a"), StringIO()
    taken: list[int] = []

    def late() -> list[UiEvent]:
        taken.append(lines.taken)
        return [asked(slow), said(slow), done(slow)]

    def answering(_: int, where: ConversationId) -> list[UiEvent]:
        return [] if where == slow else [asked(where), said(where), done(where)]

    columns = TextColumns(paper := Printed(out, out), Pages(paper).page, many=True)
    status, engine = compared(lines, columns, answering, most=2, inbox=LateInbox(late))
    assert (status, taken) == (0, [1 + 2 * 8])
    assert out.getvalue().count("\nHi\n") == 2000
    assert len(engine.discarded) == 999


def test_of_whom_a_prompt_will_not_fit_it_is_said_with_that_answer() -> None:
    prompt, out, err = "word " * 200, StringIO(), StringIO()
    small = ServerChanged(ServerSurvey("here", running=(RunningModel("m", 0, 100), RunningModel("large", 0, 4096))))

    def answering(_: int, where: ConversationId) -> list[UiEvent]:
        return [small, asked(where, model="m" if where.endswith("a") else "large"), said(where), done(where)]

    columns = TextColumns(paper := Printed(out, err), Pages(paper).page, many=False)
    compared(Lines(1, prompt), columns, answering)
    assert err.getvalue() == (
        "chinwag: a: This will need about 290 of 100 tokens: the server will cut the beginning.\n"
    )
