"""Many prompts, several at a time: each in a chat of its own, the answers in the order of the prompts."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from protocol.attachments import words_sent
from protocol.chat import Attachment
from protocol.coordinator import CancelAll, DiscardConversation, StartConversation, Submit
from protocol.errors import Failure
from protocol.identity import ConversationId
from protocol.turn import TurnState
from protocol.ui import (
    ConversationStarted,
    EngineFailed,
    EngineRecovered,
    InputRefused,
    KeepingFailed,
    ModelAsked,
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
from ui.ask_prompts import PromptLine, PromptSource
from ui.exit_status import DONE, FAILED
from ui.inbox import Inbox

_AHEAD = 8
"""How many times as many answers may be complete before their turn as are asked for at the same time."""


@dataclass
class Job:
    """One prompt under way, and where its answer is printed."""

    line: PromptLine
    printer: Printer
    release: Callable[[], None] = field(default=lambda: None)
    """It is its turn to be printed."""
    started: bool = False
    over: bool = False


MakeJob = Callable[[PromptLine], Job]
OfJob = ReplyGrew | TurnMoved | TurnEnded | ModelAsked | InputRefused | NoticePosted
"""What is told of one chat."""


class AskingMany:
    """All prompts of a source. The main thread. Printing raises OSError where standard output takes nothing, as does
    the source where it cannot be read. Only as many prompts are read as are under way, or wait for their turn.

    `begin` says what a prompt is begun with, `make_job` how its answer is printed; `say` takes a sentence for standard
    error; `forewarning` knows of what to warn; `jobs` is how many are asked at the same time; `attachments` go with
    each of them.
    """

    def __init__(
        self,
        engine: Engine,
        inbox: Inbox[UiEvent],
        source: PromptSource,
        begin: StartConversation,
        make_job: MakeJob,
        say: Callable[[str], None],
        forewarning: AskForewarning,
        jobs: int,
        attachments: tuple[Attachment, ...] = (),
    ) -> None:
        self._engine = engine
        self._inbox = inbox
        self._source = source
        self._begin = begin
        self._make_job = make_job
        self._say = say
        self._forewarning = forewarning
        self._most = jobs
        self._attachments = attachments
        self._starting: deque[Job] = deque()
        self._jobs: dict[ConversationId, Job] = {}
        self._printing: deque[Job] = deque()
        """Those that are not printed yet, in the order of their lines; only the first prints at once."""
        self._latest: ConversationId | None = None
        self._finished: list[ConversationId] = []
        self._count = 0
        self._failed = 0
        self._noted = set[str]()
        """What was said once holds for every prompt."""
        self._quit: QuitRequested | None = None
        self._broken: Failure | None = None

    def run(self) -> int:
        """Ask all, print the answers, and return the exit status."""
        while self._broken is None and not self._is_done:
            self._take_prompts()
            self._wait()
        self._print_rest()
        if self._failed:
            self._say(f"{self._failed} of {self._count} prompts failed.")
        if self._quit is not None:
            if self._quit.reason:
                self._say(self._quit.reason)
            return self._quit.status
        return FAILED if self._failed or self._broken is not None else DONE

    @property
    def _under_way(self) -> int:
        return len(self._starting) + len(self._jobs)

    @property
    def _is_done(self) -> bool:
        return not self._under_way and (self._source.over or self._quit is not None)

    @property
    def _has_room(self) -> bool:
        waiting = len(self._printing) - self._under_way
        return self._quit is None and self._under_way < self._most and waiting < self._most * _AHEAD

    def _take_prompts(self) -> None:
        while self._has_room and (line := self._source.take()) is not None:
            self._count += 1
            job = self._make_job(line)
            self._printing.append(job)
            if line.fault:
                self._fail(job, refusal(line.fault))
                continue
            self._starting.append(job)
            begin = self._begin
            model, system = line.model or begin.model, begin.system if line.system is None else line.system
            self._engine.coordinator.tell(StartConversation(model, system, parameters=begin.parameters))
            self._print_next()

    def _wait(self) -> None:
        if self._is_done:
            return
        reads = self._has_room and self._source.must_read
        seconds = None if self._quit is None else GRACE_SECONDS
        readable = self._inbox.wait(self._source.descriptor if reads else None, seconds)
        if readable:
            self._source.read()
        events = self._inbox.drain()
        if self._quit is not None and not events:
            self._jobs.clear()  # they had their time
            self._starting.clear()
        for event in events:
            self._take(event)
            self._warn(event)

    def _take(self, event: UiEvent) -> None:
        match event:
            case QuitRequested():
                self._quit = event
                self._engine.coordinator.tell(CancelAll())
            case ConversationStarted(conversation=conversation) if self._starting and conversation not in self._jobs:
                self._submit(event)
            case ServerChanged(survey=survey) if survey.notice:
                self._say(survey.notice)
            case KeepingFailed(warning=text):
                self._say(text)
            case EngineFailed(failure=failure):
                self._broken = failure
                self._say(str(failure))
            case EngineRecovered(failure=failure):
                self._say(str(failure))
            case ReplyGrew() | TurnMoved() | TurnEnded() | ModelAsked() | InputRefused() | NoticePosted():
                self._take_of_job(event)
            case _:
                pass

    def _warn(self, event: UiEvent) -> None:
        for conversation, words in self._forewarning.hear(event):
            if conversation in self._jobs:
                self._jobs[conversation].printer.note(words)

    def _take_of_job(self, event: OfJob) -> None:
        job = self._jobs.get(event.conversation)
        if job is None:
            return
        match event:
            case ReplyGrew(chunks=chunks):
                job.printer.grow(chunks)
            case TurnMoved(state=TurnState.CONNECTING, model=model) if not job.started:
                job.started = True
                job.printer.start(model, event.conversation)
            case TurnMoved(state=TurnState.RETRYING, failure=failure, delay=delay) if failure is not None:
                job.printer.note(f"{failure.summary} Trying again in {delay:.1f} s.")
            case NoticePosted(text=text) if text not in self._noted:
                self._noted.add(text)
                job.printer.note(text)
            case TurnEnded():
                self._failed += job.printer.end(event) != DONE
                self._finish(event.conversation, job)
            case ModelAsked(question=question):
                self._fail(job, refusal(question, "Name one with -m."), event.conversation)
            case InputRefused(reason=reason):
                self._fail(job, refusal(reason), event.conversation)
            case _:
                pass

    def _submit(self, event: ConversationStarted) -> None:
        """The one that was started last is shown, so only those before it can be discarded."""
        conversation = event.conversation
        self._jobs[conversation] = self._starting.popleft()
        self._latest = conversation
        prompt = self._jobs[conversation].line.prompt
        self._forewarning.ask(event, words_sent(prompt, self._attachments))
        self._engine.coordinator.tell(Submit(conversation, prompt, attachments=self._attachments))
        self._discard()

    def _fail(self, job: Job, failure: Failure, conversation: ConversationId | None = None) -> None:
        job.printer.fail(failure)
        self._failed += 1
        self._finish(conversation, job)

    def _finish(self, conversation: ConversationId | None, job: Job) -> None:
        job.over = True
        if conversation is not None:
            del self._jobs[conversation]
            self._forewarning.forget(conversation)
            self._finished.append(conversation)
            self._discard()
        self._print_next()

    def _discard(self) -> None:
        """Have the engine forget what nobody asks for any more: there may be a million of them."""
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
        for job in self._printing:
            job.release()
            if not job.over:
                job.printer.close()
        self._printing.clear()
