"""What one run of `chinwag compare` is put together from: its prompts, who answers, and its printers."""

import os
import time
from collections.abc import Callable, Sequence
from typing import TextIO

from protocol.address import Address
from protocol.coordinator import StartConversation
from protocol.errors import InterfaceError
from protocol.server_names import ServerNames
from protocol.suggestion import suggestion
from protocol.ui import UiEvent
from ui.arguments import Options
from ui.ask import Engine, read_prompt
from ui.ask_forewarning import AskForewarning
from ui.ask_prompts import OnePrompt, Prompts, PromptSource, opened
from ui.chosen_pool import HOW, is_pool
from ui.compare_printers import Columns, JsonColumns, TextColumns
from ui.compare_run import ComparingMany
from ui.inbox import Inbox
from ui.paper import Pages, Printed


class CompareSession:
    """Built before the engine is. Raises InterfaceError for prompts that cannot be read, and for servers and presets
    that are not there.

    `say` takes a sentence for standard error. The main thread.
    """

    def __init__(
        self, options: Options, stdin: TextIO | None, stdout: TextIO, stderr: TextIO, say: Callable[[str], None]
    ) -> None:
        assert options.compare is not None
        self._compare = options.compare
        self._options = options
        self._say = say
        self._check()
        self._source = self._prompts(stdin)
        self._columns = self._printers(stdout, stderr)
        self._inbox: Inbox[UiEvent] = Inbox()

    @property
    def events(self) -> Address[UiEvent]:
        """Where the engine, and signals, tell what happens."""
        return self._inbox

    def run(self, engine: Engine) -> int:
        """Ask everything, and return the exit status. Raises OSError where standard output takes nothing."""
        contestants, streams = self._compare.contestants, self._options.settings.limits.max_concurrent_streams
        model = contestants[0].model or self._options.model
        begin = StartConversation(model, self._options.system, parameters=self._compare.parameters)
        most = max(1, streams // len(contestants))
        forewarning = AskForewarning(ServerNames.of(self._options.settings), self._options.warns)
        asking = engine, self._inbox, self._source, begin, self._say, most, forewarning
        return ComparingMany(*asking, contestants, self._columns, time.monotonic, self._compare.keeps).run()

    def _check(self) -> None:
        """So that nothing is asked of anybody before it is clear that all can be."""
        names = ServerNames.of(self._options.settings)
        models = {preset.name: preset.model for preset in self._options.settings.presets}
        for who in self._compare.contestants:
            if who.server and names.find(who.server) is None:
                raise InterfaceError(f"There is no server {who.server!r}.", _advice(who.server, names.labels()))
            if who.preset and who.preset not in models:
                raise InterfaceError(f"There is no preset {who.preset!r}.", _advice(who.preset, list(models)))
            if not (who.model or models[who.preset] or self._options.model or self._compare.prompts):
                raise InterfaceError(f"The preset {who.preset!r} names no model.", "Name one with -m.")

    def _prompts(self, stdin: TextIO | None) -> Prompts:
        most = self._options.settings.limits.max_prompt_bytes
        if self._compare.prompts is None:
            return OnePrompt(read_prompt(self._compare.prompt, stdin, most, "compare -m NAME"))
        return PromptSource(opened(self._compare.prompts, stdin), most)

    def _printers(self, stdout: TextIO, stderr: TextIO) -> Columns:
        paper, many = Printed(stdout, stderr), self._compare.prompts is not None
        if self._compare.as_json:
            return JsonColumns(paper, many)
        return TextColumns(paper, Pages(paper).page, many, _width(stdout))


def _advice(text: str, names: Sequence[str]) -> str:
    if is_pool(text):
        return HOW
    if not names:
        return "The configuration has none."
    return suggestion(text, names).strip() or f"There are: {', '.join(names)}."


def _width(stdout: TextIO) -> int | None:
    """Cells in a line of the terminal that is written to; None where it is no terminal."""
    try:
        return os.get_terminal_size(stdout.fileno()).columns or None
    except (OSError, ValueError):
        return None
