"""Many prompts, several at a time: each in a chat of its own, whose answers are printed in the order of the prompts."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from protocol.coordinator import CancelAll, DiscardConversation, StartConversation
from protocol.errors import Failure
from protocol.identity import ConversationId
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    EngineFailed,
    EngineRecovered,
    InputRefused,
    KeepingFailed,
    NoticePosted,
    QuitRequested,
    ReplyGrew,
    ServerChanged,
    TurnEnded,
    TurnMoved,
    UiEvent,
)
from ui.ask import GRACE_SECONDS, Engine, refusal
from ui.ask_forewarning import AskForewarning
from ui.ask_printers import Printer
from ui.ask_prompts import PromptLine, Prompts
from ui.exit_status import DONE, FAILED
from ui.inbox import Inbox

_AHEAD = 8
"""How many times as many prompts may be answered before their turn as are asked at the same time."""


@dataclass(eq=False)
class Answer:
    """One answer to one prompt, and where it is printed."""

    printer: Printer
    release: Callable[[], None] = field(default=lambda: None)
    """It is its turn to be printed."""
    place: int = 0
    """Of who gives it, where there are several."""
    timed: Callable[[float | None, float], None] = field(default=lambda _first, _seconds: None)
    """Told before its end: the seconds to its first piece, None where none came, and those in all."""
    started: bool = False
    over: bool = False


@dataclass(eq=False)
class Asked:
    """A prompt under way, and who answers it."""

    line: PromptLine
    answers: Sequence[Answer]


OfAnswer = ReplyGrew | TurnMoved | TurnEnded | NoticePosted
"""What is told of one answer."""


class ManyPrompts(ABC):
    """All prompts of a source. The main thread. Printing raises OSError where standard output takes nothing. Only as
    many prompts are read as are under way, or wait for their turn.

    `begin` says what a prompt is begun with, `say` takes a sentence for standard error; `most` is how many prompts are
    asked at the same time; `forewarning` knows of what to warn.
    """

    def __init__(
        self,
        engine: Engine,
        inbox: Inbox[UiEvent],
        source: Prompts,
        begin: StartConversation,
        say: Callable[[str], None],
        most: int,
        forewarning: AskForewarning,
    ) -> None:
        self._engine = engine
        self._inbox = inbox
        self._source = source
        self._begin = begin
        self._say = say
        self._most = most
        self._forewarning = forewarning
        self._starting: deque[Asked] = deque()
        self._asked: dict[ConversationId, Asked] = {}
        """Those under way, by their chats."""
        self._answers: dict[ConversationId, Answer] = {}
        """The same, by where each answer comes."""
        self._printing: deque[Asked] = deque()
        """Those that are not printed yet, in the order of their lines; only the first answer prints at once."""
        self._latest: ConversationId | None = None
        self._finished: list[ConversationId] = []
        self._noted = set[tuple[int, str]]()
        """What was said once of who answers holds for every prompt."""
        self._count = 0
        """Of all answers."""
        self._failed = 0
        self._quit: QuitRequested | None = None
        self._broken: Failure | None = None

    def run(self) -> int:
        """Ask all, print the answers, and return the exit status."""
        while self._broken is None and not self._is_done:
            self._take_prompts()
            self._wait()
        self._print_rest()
        self._sum_up()
        if self._quit is not None:
            if self._quit.reason:
                self._say(self._quit.reason)
            return self._quit.status
        return FAILED if self._failed or self._broken is not None else DONE

    @abstractmethod
    def _make(self, line: PromptLine) -> Sequence[Answer]:
        """Return where the answers to a prompt are printed."""

    @abstractmethod
    def _ask(self, event: ConversationStarted, asked: Asked) -> None:
        """Send a prompt, whose chat has begun."""

    @abstractmethod
    def _sum_up(self) -> None:
        """All is printed: say what is to be said of it."""

    @abstractmethod
    def _take_more(self, event: UiEvent) -> None:
        """Take what is told, after what every face takes of it."""

    @abstractmethod
    def _give_up(self, answer: Answer) -> None:
        """There is no answer, and its printer knows."""

    def _end(self, event: TurnEnded, answer: Answer) -> bool:
        """Print the end of an answer, and tell whether it is a good one."""
        return answer.printer.end(event) == DONE

    @property
    def _under_way(self) -> int:
        return len(self._starting) + len(self._asked)

    @property
    def _is_done(self) -> bool:
        return not self._under_way and (self._source.over or self._quit is not None)

    @property
    def _has_room(self) -> bool:
        waiting = len(self._printing) - self._under_way
        return self._quit is None and self._under_way < self._most and waiting < self._most * _AHEAD

    def _take_prompts(self) -> None:
        while self._has_room and (line := self._source.take()) is not None:
            asked = Asked(line, self._make(line))
            self._count += len(asked.answers)
            self._printing.append(asked)
            if line.fault:
                self._fail(asked, refusal(line.fault))
                continue
            self._starting.append(asked)
            begin = self._begin
            model, system = line.model or begin.model, begin.system if line.system is None else line.system
            self._engine.coordinator.tell(StartConversation(model, system, parameters=begin.parameters))
            self._print_next()

    def _wait(self) -> None:
        if self._is_done:
            return
        reads = self._has_room and self._source.must_read
        seconds = None if self._quit is None else GRACE_SECONDS
        if self._inbox.wait(self._source.descriptor if reads else None, seconds):
            self._source.read()
        events = self._inbox.drain()
        if self._quit is not None and not events:
            self._asked.clear()  # they had their time
            self._starting.clear()
        for event in events:
            self._take(event)
            self._take_more(event)
            self._warn(event)

    def _take(self, event: UiEvent) -> None:
        match event:
            case QuitRequested():
                self._quit = event
                self._engine.coordinator.tell(CancelAll())
            case ConversationStarted(conversation=conversation, column_of=None) if conversation not in self._asked:
                self._start(event)
            case ServerChanged(survey=survey) if survey.notice:
                self._say(survey.notice)
            case KeepingFailed(warning=text):
                self._say(text)
            case EngineFailed(failure=failure):
                self._broken = failure
                self._say(str(failure))
            case EngineRecovered(failure=failure):
                self._say(str(failure))
            case InputRefused(conversation=conversation, reason=reason):
                self._refuse(conversation, refusal(reason))
            case ReplyGrew() | TurnMoved() | TurnEnded() | NoticePosted():
                self._take_of_answer(event)
            case _:
                pass

    def _warn(self, event: UiEvent) -> None:
        """Say with an answer that its prompt will not fit, as soon as that is known."""
        for conversation, words in self._forewarning.hear(event):
            if conversation in self._answers:
                self._answers[conversation].printer.note(words)

    def _take_of_answer(self, event: OfAnswer) -> None:
        answer = self._answers.get(event.conversation)
        if answer is None:
            return
        match event:
            case ReplyGrew(chunks=chunks):
                answer.printer.grow(chunks)
            case TurnMoved(state=TurnState.CONNECTING, model=model):
                if not answer.started:
                    answer.started = True
                    answer.printer.start(model, event.conversation)
            case TurnMoved(state=TurnState.RETRYING, failure=failure, delay=delay) if failure is not None:
                answer.printer.note(f"{failure.summary} Trying again in {delay:.1f} s.")
            case NoticePosted(text=text) if (answer.place, text) not in self._noted:
                self._noted.add((answer.place, text))
                answer.printer.note(text)
            case TurnEnded():
                self._finish(event.conversation, answer, self._end(event, answer))
            case _:
                pass

    def _start(self, event: ConversationStarted) -> None:
        """The chat that was started last is shown, so only those before it can be discarded."""
        self._latest = event.conversation
        if self._starting:
            asked = self._asked[event.conversation] = self._starting.popleft()
            self._ask(event, asked)
        self._discard()

    def _refuse(self, conversation: ConversationId, failure: Failure) -> None:
        """A prompt is not taken."""
        if conversation in self._asked:
            self._fail(self._asked[conversation], failure)
            self._forget(conversation)

    def _fail(self, asked: Asked, failure: Failure) -> None:
        """Nobody answers."""
        for answer in asked.answers:
            answer.over = True
            answer.printer.fail(failure)
            self._give_up(answer)
        self._failed += len(asked.answers)
        self._print_next()

    def _finish(self, where: ConversationId, answer: Answer, good: bool) -> None:
        answer.over = True
        self._failed += not good
        del self._answers[where]
        for conversation, asked in list(self._asked.items()):
            if answer in asked.answers and all(one.over for one in asked.answers):
                self._forget(conversation)
        self._print_next()

    def _forget(self, conversation: ConversationId) -> None:
        self._forewarning.forget(conversation)
        self._answers.pop(conversation, None)
        del self._asked[conversation]
        self._finished.append(conversation)
        self._discard()

    def _discard(self) -> None:
        """Have the engine forget what nobody asks for any more: there may be a million of them."""
        for conversation in self._finished:
            if conversation != self._latest:
                self._engine.coordinator.tell(DiscardConversation(conversation))
        self._finished = [conversation for conversation in self._finished if conversation == self._latest]

    def _print_next(self) -> None:
        while self._printing:
            for answer in self._printing[0].answers:
                answer.release()
                if not answer.over:
                    return
            self._printing.popleft()

    def _print_rest(self) -> None:
        """What was interrupted is printed as far as it came."""
        for answer in chain.from_iterable(asked.answers for asked in self._printing):
            answer.release()
            if not answer.over:
                answer.printer.close()
                self._give_up(answer)
        self._printing.clear()
