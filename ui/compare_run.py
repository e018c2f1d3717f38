"""The headless comparison: every prompt goes to all, each in a chat of its own, and every answer is timed."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from protocol.comparison import Compare, ComparisonBegan, Contestant
from protocol.coordinator import CancelAll, DiscardConversation, StartConversation
from protocol.errors import Failure
from protocol.identity import ConversationId
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    EngineFailed,
    EngineRecovered,
    InputRefused,
    NoticePosted,
    QuitRequested,
    ReplyGrew,
    ServerChanged,
    TurnEnded,
    TurnMoved,
    UiEvent,
)
from ui.ask import GRACE_SECONDS, Engine, refusal
from ui.ask_printers import Printer
from ui.ask_prompts import PromptLine, Prompts
from ui.compare_printers import Columns
from ui.exit_status import DONE, FAILED
from ui.inbox import Inbox
from ui.medians import Timing, medians_of, timing_of


@dataclass
class Answer:
    """One answer to one prompt, and where it is printed."""

    prompt: "Asked"
    place: int
    """Of who gives it."""
    printer: Printer
    release: Callable[[], None]
    """It is its turn to be printed."""
    began: float | None = None
    """When it was asked for, in seconds."""
    over: bool = False


@dataclass
class Asked:
    """A prompt under way."""

    line: PromptLine
    answers: list[Answer] = field(default_factory=list)
    left: int = 0
    """So many answers have not ended."""


OfColumn = ReplyGrew | TurnMoved | TurnEnded
"""What is told of one answer."""


class ComparingMany:
    """All prompts of a source. The main thread. Printing raises OSError where standard output takes nothing, as does
    the source where it cannot be read.

    `begin` says what each prompt is begun with, `say` takes a sentence for standard error, `clock` tells seconds that
    never go back; `most` is to how many prompts answers may be under way at the same time.
    """

    def __init__(
        self,
        engine: Engine,
        inbox: Inbox[UiEvent],
        source: Prompts,
        contestants: tuple[Contestant, ...],
        begin: StartConversation,
        columns: Columns,
        say: Callable[[str], None],
        clock: Callable[[], float],
        most: int,
    ) -> None:
        self._engine = engine
        self._inbox = inbox
        self._source = source
        self._contestants = contestants
        self._begin = begin
        self._columns = columns
        self._say = say
        self._clock = clock
        self._most = most
        self._timings: list[list[Timing]] = [[] for _ in contestants]
        self._starting: deque[Asked] = deque()
        self._asked: dict[ConversationId, Asked] = {}
        self._answers: dict[ConversationId, Answer] = {}
        """Those under way, by their columns."""
        self._printing: deque[Answer] = deque()
        """Those that are not printed yet, in order; only the first prints at once."""
        self._latest: ConversationId | None = None
        self._finished: list[ConversationId] = []
        self._failed = False
        self._quit: QuitRequested | None = None
        self._broken: Failure | None = None

    def run(self) -> int:
        """Ask all, print the answers and the medians, and return the exit status."""
        self._columns.begin(self._contestants)
        while self._broken is None and not self._is_done:
            self._take_prompts()
            self._wait()
        self._print_rest()
        labels = (who.label for who in self._contestants)
        self._columns.end([(label, medians_of(one)) for label, one in zip(labels, self._timings, strict=True)])
        if self._quit is not None:
            if self._quit.reason:
                self._say(self._quit.reason)
            return self._quit.status
        return FAILED if self._failed or self._broken is not None else DONE

    @property
    def _under_way(self) -> int:
        return len(self._starting) + len(self._asked)

    @property
    def _is_done(self) -> bool:
        return not self._under_way and (self._source.over or self._quit is not None)

    @property
    def _has_room(self) -> bool:
        return self._quit is None and self._under_way < self._most

    def _take_prompts(self) -> None:
        while self._has_room and (line := self._source.take()) is not None:
            asked = Asked(line, left=len(self._contestants))
            for number in range(1, len(self._contestants) + 1):
                printer, release = self._columns.printer(line, number)
                asked.answers.append(Answer(asked, number - 1, printer, release))
            self._printing.extend(asked.answers)
            if line.fault:
                self._fail(asked, refusal(line.fault))
                continue
            self._starting.append(asked)
            model, system = line.model or self._begin.model, self._begin.system if line.system is None else line.system
            self._engine.coordinator.tell(StartConversation(model, system, parameters=self._begin.parameters))
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

    def _take(self, event: UiEvent) -> None:
        match event:
            case QuitRequested():
                self._quit = event
                self._engine.coordinator.tell(CancelAll())
            case ConversationStarted(conversation=conversation, column_of=None) if conversation not in self._asked:
                self._compare(conversation)
            case ComparisonBegan(conversation=conversation, comparison=comparison):
                columns = [column.conversation for column in comparison.columns]
                self._answers.update(zip(columns, self._asked[conversation].answers, strict=True))
            case ServerChanged(survey=survey) if survey.notice:
                self._say(survey.notice)
            case EngineFailed(failure=failure):
                self._broken = failure
                self._say(str(failure))
            case EngineRecovered(failure=failure):
                self._say(str(failure))
            case InputRefused(conversation=conversation, reason=reason) if conversation in self._asked:
                self._fail(self._asked[conversation], refusal(reason))
                self._finish(conversation)
            case NoticePosted(conversation=conversation, text=text) if conversation in self._answers:
                self._answers[conversation].printer.note(text)
            case ReplyGrew() | TurnMoved() | TurnEnded():
                self._take_of_column(event)
            case _:
                pass

    def _take_of_column(self, event: OfColumn) -> None:
        answer = self._answers.get(event.conversation)
        if answer is None:
            return
        match event:
            case ReplyGrew(chunks=chunks):
                answer.printer.grow(chunks)
            case TurnMoved(state=TurnState.CONNECTING, model=model):
                if answer.began is None:
                    answer.printer.start(model, event.conversation)
                answer.began = self._clock()
            case TurnMoved(state=TurnState.RETRYING, failure=failure, delay=delay) if failure is not None:
                answer.printer.note(f"{failure.summary} Trying again in {delay:.1f} s.")
            case TurnEnded():
                self._end(event, answer)
            case _:
                pass

    def _compare(self, conversation: ConversationId) -> None:
        """The one that was started last is shown, so only those before it can be discarded."""
        self._latest = conversation
        if self._starting:
            asked = self._asked[conversation] = self._starting.popleft()
            self._engine.coordinator.tell(Compare(conversation, self._contestants, asked.line.prompt))
        self._discard()

    def _end(self, event: TurnEnded, answer: Answer) -> None:
        seconds = 0.0 if answer.began is None else self._clock() - answer.began
        timing = timing_of(event, seconds)
        failed = answer.printer.end(event) != DONE
        self._count(answer, timing if not failed else Timing(True))
        del self._answers[event.conversation]
        answer.prompt.left -= 1
        if not answer.prompt.left:
            self._finish(next(name for name, one in self._asked.items() if one is answer.prompt))
        self._print_next()

    def _fail(self, asked: Asked, failure: Failure) -> None:
        """Nobody answers."""
        for answer in asked.answers:
            answer.printer.fail(failure)
            self._count(answer, Timing(True))
        self._print_next()

    def _count(self, answer: Answer, timing: Timing) -> None:
        answer.over = True
        self._failed = self._failed or timing.failed
        self._timings[answer.place].append(timing)

    def _finish(self, conversation: ConversationId) -> None:
        del self._asked[conversation]
        self._finished.append(conversation)
        self._discard()

    def _discard(self) -> None:
        """Have the engine forget what nobody asks for any more."""
        for conversation in self._finished:
            if conversation != self._latest:
                self._engine.coordinator.tell(DiscardConversation(conversation))
        self._finished = [conversation for conversation in self._finished if conversation == self._latest]

    def _print_next(self) -> None:
        while self._printing:
            self._printing[0].release()
            if not self._printing[0].over:
                return
            self._printing.popleft()

    def _print_rest(self) -> None:
        """What was interrupted is printed as far as it came."""
        for answer in self._printing:
            answer.release()
            if not answer.over:
                answer.printer.close()
                self._timings[answer.place].append(Timing(True))
        self._printing.clear()
