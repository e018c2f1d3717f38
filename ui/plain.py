"""The plain face: the chat line by line, without a screen, for those who listen, and for pipes and files."""

import logging
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

from protocol.chat import Attachment
from protocol.command_table import is_command, parse_command, shell_command
from protocol.commands import Cancel, Now, Queue, QueueDrop, QueueEdit, QueueMove, QueueNow
from protocol.identity import StreamId, TurnId
from protocol.input_handler import CancelPressed
from protocol.server_names import ServerNames
from protocol.turn import TurnState
from protocol.ui import QuitRequested, UiEvent, WaitReason
from ui.compare_teller import is_under_way, question_put, under_way_of
from ui.engine import Engine, StartEngine
from ui.forewarning import Forewarning
from ui.inbox import Inbox
from ui.lines import LineSplitter
from ui.log import errors_to
from ui.model import Model
from ui.outgoing import Outgoing, Written
from ui.output import prepare_output, silence
from ui.sanitiser import sanitise
from ui.signals import LastResort, leaving_on_signals, stacks_on_signal
from ui.teller import Teller
from ui.turn import Turn
from ui.unanswered import Unanswered

QUIT_AGAIN = 2.0
"""Seconds in which a second Ctrl-C quits."""

_GREETING = (
    "a chat with a language model, line by line. /help lists the commands, Ctrl-C stops a reply,"
    ' /quit or Ctrl-D leaves, """ begins and ends a text of several lines'
)
_FAILED = 1
_NO = ("n", "no")
_BEAT = 0.1
_SETTLED = 0.2
"""Seconds without news after which what was sent last has had its effect."""
_AT_ONCE = 65_536
_MOST_HELD = 1000
"""Texts that are read ahead."""
_UNDER_WAY = Cancel | Queue | QueueEdit | QueueDrop | QueueMove | QueueNow | Now
"""These are about what is under way: they do not wait for its end."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Interrupted:
    """Ctrl-C was pressed."""


Received = UiEvent | Interrupted


@dataclass(frozen=True)
class Farewell:
    """How a run ended, and what is left to say of it on standard error."""

    status: int = 0
    words: str = ""


_ONE_SERVER = ServerNames()

Asked = tuple[TurnId, StreamId | None]
"""A turn, and its attempt."""


def run_plain(
    start_engine: StartEngine,
    stdin: TextIO | None,
    stdout: TextIO,
    stderr: TextIO,
    max_bytes: int,
    log: int | None,
    servers: ServerNames = _ONE_SERVER,
    warns: bool = True,
) -> int:
    """Run the chat until the user leaves, or the input ends and all of it is answered; return the exit status.

    Main thread only. `max_bytes` is how long a prompt may be. `log` is the descriptor that takes the threads' stacks on
    SIGUSR1, and what libraries write to standard error. `warns`: of prompts that will not fit. Raises InterfaceError if
    there is no output, ChinwagError if the engine cannot start, and OSError where standard output takes nothing more.
    """
    prepare_output(stdout)
    inbox = Inbox[Received]()
    last_resort = LastResort(lambda: None)
    descriptor = None if stdin is None or stdin.closed else stdin.fileno()
    typed = descriptor is not None and os.isatty(descriptor)
    interrupted = (lambda: inbox.tell(Interrupted())) if typed else None
    with errors_to(log), leaving_on_signals(inbox, last_resort, interrupted), stacks_on_signal(log):
        engine = start_engine(inbox)
        try:
            chat = PlainChat(engine, inbox, descriptor, stdout, max_bytes, time.monotonic, servers, warns)
            farewell = chat.run()
        finally:
            last_resort.disarm()
            inbox.close()
            engine.stop()
    if farewell.words:
        try:
            stderr.write(f"chinwag: {farewell.words}\n")
            stderr.flush()
        except OSError:
            silence(stderr)
    return farewell.status


class PlainChat:
    """Joins the parts: what is read goes to the engine, what happens is told. The main thread.

    What comes from a terminal is sent at once, and waits in the queue. What comes from a pipe is sent one after the
    other, each when the one before has been answered, so that every reply follows its prompt.
    """

    def __init__(
        self,
        engine: Engine,
        inbox: Inbox[Received],
        descriptor: int | None,
        out: TextIO,
        max_bytes: int,
        clock: Callable[[], float],
        servers: ServerNames = _ONE_SERVER,
        warns: bool = True,
    ) -> None:
        """`descriptor` is what is read; None where there is nothing."""
        self._engine = engine
        self._inbox = inbox
        self._descriptor = descriptor
        self._typed = descriptor is not None and os.isatty(descriptor)
        self._out = out
        self._clock = clock
        self._model = Model(servers=servers)
        self._teller = Teller(self._model, self._typed, breaks=out.isatty())
        self._outgoing = Outgoing()
        self._outgoing.connect(engine.input)
        again = "An empty line sends it" if self._typed else "It is sent"
        self._forewarning = Forewarning(self._model, warns, again)
        self._held_back = ""
        """A prompt that will not fit, until an empty line sends it."""
        self._unanswered = Unanswered()
        self._lines = LineSplitter(max_bytes)
        self._held: deque[str] = deque()
        self._stopping = frozenset[Asked]()
        self._quit_before = 0.0
        self._news_at = 0.0
        self._to_attach: list[str] = []
        """Words that go behind the next prompt, and name files."""
        self._farewell: Farewell | None = None

    def run(self) -> Farewell:
        """Chat until the end. Raises OSError where standard output takes nothing more."""
        if self._typed:
            self._say(_GREETING)
        while self._farewell is None:
            full = len(self._held) >= _MOST_HELD
            if self._inbox.wait(None if full else self._descriptor, self._patience()):
                self._read()
            for message in self._inbox.drain():
                self._take(message)
            self._write(self._teller.wait(self._clock()))
            self._send()
            self._see_to_the_end()
        self._write(self._teller.finish())
        return self._farewell

    def _patience(self) -> float | None:
        """How long to wait for news: where the input has ended, or an answer is due, time itself is some."""
        if self._descriptor is None or self._held:
            return _BEAT
        return 1.0 if self._typed and self._model.shown.current is not None else None

    def _read(self) -> None:
        """Take what is there to be read; it does not block, for there is something."""
        assert self._descriptor is not None
        try:
            data = os.read(self._descriptor, _AT_ONCE)
        except OSError as error:
            _logger.info("Standard input cannot be read: %r", error)
            data = b""
        texts = self._lines.feed(data) if data else self._lines.finish()
        if not data:
            self._descriptor = None
            self._news_at = self._clock()
        for text in texts:
            self._enter(text.strip())

    def _enter(self, text: str) -> None:
        """A text is complete."""
        self._quit_before = 0.0
        number = int(text) if self._typed and text.isascii() and text.isdigit() and len(text) < 7 else 0
        if text and 0 < number <= len(self._teller.choices):
            text = f"/model {self._teller.choices[number - 1]}"
        if self._typed and self._model.shown.outputs and self._answer_for_output(text):
            return
        held_back, self._held_back = self._held_back, ""
        if text:
            self._held.append(text)
        elif held_back:
            self._held.append(held_back)
        elif self._typed and self._model.offered is not None:
            self._model.offered = None
            self._say("the prompt stays as it is")

    def _answer_for_output(self, text: str) -> bool:
        """Take the answer whether what a command printed is sent; False where it is something else."""
        if text.lower() in _NO:
            self._model.shown.outputs.clear()
            self._say("dropped")
            return True
        if not text:
            self._submit(self._model.shown.asked_to_run)
        return not text

    def _submit(self, text: str) -> None:
        """Send a text with what goes with it, or a command."""
        conversation = self._model.shown
        alone = is_command(text) or (self._typed and bool(shell_command(text)) and text != conversation.asked_to_run)
        offer = None if is_command(text) else self._model.offered
        if offer is not None:
            self._model.offered = None
        outputs: tuple[Attachment, ...] = ()
        if not alone:
            outputs, words = tuple(conversation.outputs), self._to_attach
            conversation.outputs.clear()
            text, self._to_attach = " ".join([text, *words]), []
        if not self._typed:
            self._write(f"you: {text}".split("\n"))
        if not is_command(text):
            self._teller.sent(text)
        self._unanswered.send(text, self._clock())
        self._outgoing.submit(Written(text, offer, typed=self._typed, attachments=outputs))

    def _send(self) -> None:
        """Send what may be sent now."""
        while self._held and self._model.shown.id is not None and self._may_send(self._held[0]):
            text = self._held.popleft()
            if not self._holds_back(text):
                self._submit(text)
        self._outgoing.flush(self._model.shown.id)

    def _holds_back(self, text: str) -> bool:
        """Warn of a prompt that will not fit. One that was typed waits for an empty line; a pipe is never stopped."""
        offer = self._model.offered
        kept = offer.attachments if offer is not None else ()
        with_it = (*kept, *self._model.shown.outputs)
        words = self._forewarning.words(text, self._clock(), None if offer is None else offer.turn, with_it)
        if words:
            self._say(words)
        self._held_back = text if words and self._typed else self._held_back
        return bool(words) and self._typed

    def _may_send(self, text: str) -> bool:
        if self._typed:
            return True
        if self._unanswered.waits(self._clock()) or self._teller.expects_path(self._clock()):
            return False
        command = parse_command(text) if is_command(text) else None
        if isinstance(command, _UNDER_WAY):
            return True
        open_ = self._model.shown.open or is_under_way(self._model)
        return not open_ or (command is not None and self._stuck)

    def _take(self, message: Received) -> None:
        self._news_at = self._clock()
        match message:
            case Interrupted():
                self._interrupt()
            case QuitRequested(reason=reason, status=status):
                self._farewell = self._farewell or Farewell(status, reason)
            case _:
                self._hear(message)

    def _hear(self, event: UiEvent) -> None:
        """An event that cannot be told is said in its place; the others go on."""
        try:
            self._outgoing.hear(event)
            self._unanswered.hear(event)
            lines = self._teller.hear(event, self._clock())
            self._put_question()
        except Exception as error:
            _logger.exception("The event %s failed", type(event).__name__)  # what was said is not for the log
            lines = self._teller.note(f"(something cannot be shown: {error})")
        self._write(lines)
        self._take_offered_files()
        if self._model.broken:
            self._farewell = self._farewell or Farewell(_FAILED, "nothing more can be sent: start it again.")

    def _take_offered_files(self) -> None:
        """What is attached where nobody sees what is written goes behind what is sent next."""
        for offer in self._model.offered_files:
            self._to_attach.append(offer.words)
            self._say(f"goes with what you send next: {offer.words}")
        self._model.offered_files.clear()

    def _put_question(self) -> None:
        offer, self._model.comparisons.offered = self._model.comparisons.offered, None
        if offer is not None:
            self._unanswered.send(f"/compare judge {offer.model}", self._clock())
            self._outgoing.submit(question_put(offer))
            self._outgoing.flush(self._model.shown.id)

    def _interrupt(self) -> None:
        """Stop the reply, or all answers that are compared; pressed again for the same, go on as if that were done."""
        conversation = self._model.shown
        if conversation.id is not None and (conversation.running or conversation.awaited):
            self._say("stopping", after_echo=True)
            self._engine.input.tell(CancelPressed(conversation.id))
            return
        if conversation.outputs:
            conversation.outputs.clear()
            self._say("dropped", after_echo=True)
            return
        under_way = {one.id: one.current for one in (conversation, *under_way_of(self._model))}
        asked = {talk: _asked(turn) for talk, turn in under_way.items() if talk is not None and turn is not None}
        fresh = [talk for talk, what in asked.items() if what not in self._stopping]
        if fresh:
            self._stopping = frozenset(asked.values())
            self._say("stopping the reply" if conversation.id in fresh else "stopping the answers", after_echo=True)
            for talk in fresh:
                self._engine.input.tell(CancelPressed(talk))
        elif self._lines.begun:
            self._lines.drop()
            self._say("the text that was begun is dropped", after_echo=True)
        elif self._clock() < self._quit_before:
            self._write([""])
            self._farewell = self._farewell or Farewell()
        else:
            self._quit_before = self._clock() + QUIT_AGAIN
            self._say("press Ctrl-C again to quit", after_echo=True)

    def _see_to_the_end(self) -> None:
        """Leave when the input has ended and nothing more can come of it."""
        now = self._clock()
        if self._farewell is not None or self._descriptor is not None or self._model.shown.id is None:
            return
        if self._unanswered.waits(now) or now < self._news_at + _SETTLED:
            return
        open_turns = [turn for one in self._model.conversations.values() for turn in one.open_turns]
        if open_turns and self._stuck:
            kept = "What waits is sent by the next run." if self._model.kept else ""
            self._farewell = Farewell(
                _FAILED, f"the input has ended, and not everything can be answered. {kept}".strip()
            )
        elif not open_turns and not self._held:
            self._farewell = Farewell(_FAILED if self._teller.failures and not self._typed else 0)

    @property
    def _stuck(self) -> bool:
        """True while all that is open waits for something that may never come: a server, or the choice of a model."""
        turns = [turn for one in self._model.conversations.values() for turn in one.open_turns]
        waits = [turn.state is TurnState.WAITING_FOR_SERVER or turn.wait is WaitReason.MODEL_UNKNOWN for turn in turns]
        behind = [turn.wait is WaitReason.EARLIER_PROMPT for turn in turns]
        return any(waits) and all(one or other for one, other in zip(waits, behind, strict=True))

    def _say(self, text: str, after_echo: bool = False) -> None:
        self._write([*([""] if after_echo else []), *self._teller.note(text)])

    def _write(self, lines: list[str]) -> None:
        """Print lines through the sanitiser, at once."""
        if lines:
            self._out.write("".join(f"{sanitise(line)}\n" for line in lines))
            self._out.flush()


def _asked(turn: Turn) -> Asked:
    return turn.id, turn.attempt.stream if turn.attempt else None
