"""What one run of `chinwag ask` is put together from: its prompts, its printers, and where it begins."""

from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from msgspec.structs import replace

from protocol.address import Address
from protocol.archivist import Resume
from protocol.coordinator import StartConversation
from protocol.errors import InterfaceError
from protocol.server_names import ServerNames
from protocol.ui import UiEvent
from ui.arguments import Options
from ui.ask import Asking, Engine, read_prompt
from ui.ask_attachments import ReadAttachment, read_attachments
from ui.ask_forewarning import AskForewarning
from ui.ask_many import AskingMany
from ui.ask_printers import JsonPrinter, Printer, TextPrinter
from ui.ask_prompts import PromptLine, PromptSource, opened
from ui.event_queue import EventQueue
from ui.inbox import Inbox
from ui.many_prompts import Answer
from ui.paper import Held, Pages, Printed

FindChat = Callable[[Path, str], str]
"""Returns the id of a chat that is kept in a folder; raises InterfaceError where there is none."""


class AskSession:
    """Built before the engine is. Raises InterfaceError for prompts and files that cannot be read, and for chats that
    are not there.

    `say` takes a sentence for standard error. The main thread.
    """

    def __init__(
        self,
        options: Options,
        stdin: TextIO | None,
        stdout: TextIO,
        stderr: TextIO,
        say: Callable[[str], None],
        find_chat: FindChat,
        read_attachment: ReadAttachment,
    ) -> None:
        assert options.ask is not None
        self._ask = options.ask
        self._options = options
        self._paper = Printed(stdout, stderr)
        self._pages = Pages(self._paper)
        self._say = say
        limits = options.settings.limits
        self._begin = self._beginning(find_chat)
        self._attachments = read_attachments(self._ask.images, self._ask.files, read_attachment, limits)
        self._source: PromptSource | None = None
        self._prompt = ""
        if self._ask.prompts is None:
            self._prompt = read_prompt(self._ask.prompt, stdin, limits.max_prompt_bytes)
        else:
            self._source = PromptSource(opened(self._ask.prompts, stdin), limits.max_prompt_bytes)
        self._queue = EventQueue()
        self._inbox: Inbox[UiEvent] = Inbox()

    @property
    def events(self) -> Address[UiEvent]:
        """Where the engine, and signals, tell what happens."""
        return self._queue if self._source is None else self._inbox

    def run(self, engine: Engine) -> int:
        """Ask everything, and return the exit status. Raises OSError where standard output takes nothing."""
        options = self._options
        forewarning = AskForewarning(ServerNames.of(options.settings), options.warns)
        if self._source is None:
            kept = options.settings.data_dir is not None
            printed = self._printer(), self._say, forewarning
            asking = Asking(engine, self._queue, *printed, kept, self._attachments)
            return asking.run(self._begin, self._prompt)
        assert isinstance(self._begin, StartConversation)
        jobs = options.settings.limits.max_concurrent_streams
        make = self._json_job if self._ask.as_json else self._text_job
        how = self._source, self._begin, self._say, jobs, forewarning, make, self._attachments
        return AskingMany(engine, self._inbox, *how).run()

    def _beginning(self, find_chat: FindChat) -> StartConversation | Resume:
        options, named = self._options, self._named()
        if self._ask.resume is None:
            return replace(named, model=named.model or options.model, system=named.system or options.system)
        assert options.settings.data_dir is not None
        found = find_chat(options.settings.data_dir, self._ask.resume)
        return Resume(found, named.model, named.system, named.parameters)

    def _named(self) -> StartConversation:
        """What the command line says, and what of its preset it does not say otherwise."""
        options = self._options
        said = StartConversation(options.named_model, options.named_system, parameters=self._ask.parameters)
        if self._ask.preset is None:
            return said
        presets = {preset.name: preset for preset in options.settings.presets}
        if self._ask.preset not in presets:
            there_are = f"There are {', '.join(presets)}." if presets else "Write one into the configuration."
            raise InterfaceError(f"There is no preset {self._ask.preset!r}.", there_are)
        return presets[self._ask.preset].begins(said)

    def _printer(self) -> Printer:
        whole = self._ask.whole
        return JsonPrinter(self._paper, whole) if self._ask.as_json else TextPrinter(self._paper, whole)

    def _json_job(self, line: PromptLine) -> Answer:
        return Answer(JsonPrinter(self._paper, self._ask.whole, line.number if line.id is None else line.id))

    def _text_job(self, line: PromptLine) -> Answer:
        """Texts are printed one after the other, an empty line between them."""
        held = Held(self._pages.page())
        return Answer(TextPrinter(held, self._ask.whole, f"Line {line.number}: "), held.release)
