"""What `chinwag doctor` looks at, in which order."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TextIO

from protocol.errors import ChinwagError
from protocol.findings import ArchiveFindings
from protocol.models import ModelChosen, ServerSurvey, choose_model
from ui.arguments import Options
from ui.check import Check, fail, ok, warn
from ui.check_disk import check_chats, check_configuration, check_log
from ui.check_server import check_model, check_other_server, check_server
from ui.check_terminal import check_clipboard, check_terminal
from ui.doctor import Look
from ui.exit_status import DONE

_TOOL_SECONDS = 1.0


@dataclass(frozen=True)
class Probes:
    """How the world is asked. Each may raise ChinwagError, and blocks."""

    survey: Callable[[], ServerSurvey]
    """Of the server that answers."""
    others: Sequence[tuple[str, Callable[[], ServerSurvey]]]
    """Of the other servers of the configuration, by their names."""
    last_model: Callable[[], str | None]
    archive: Callable[[], ArchiveFindings]
    answer: Callable[[str], tuple[int, str]]
    """Has a model answer; returns an exit status, and what was wrong."""


def looks(
    options: Options,
    probes: Probes,
    configuration: tuple[Path, bool],
    log: Path,
    streams: tuple[TextIO | None, TextIO],
    environ: Mapping[str, str],
) -> Iterator[tuple[str, Look]]:
    """Yield everything that is looked at, by its name."""
    server = ServerLook(options, probes)
    yield "configuration", lambda: check_configuration(*configuration, environ)
    yield "server", server.look
    for name, survey in probes.others:
        yield f"server {name}", partial(_look_aside, name, survey)
    yield "chats", lambda: check_chats(probes.archive())
    yield "terminal", lambda: check_terminal(*streams, environ, options.theme, _ask)
    yield "clipboard", lambda: check_clipboard(environ, shutil.which, _ask)
    yield "log", lambda: check_log(log)


class ServerLook:
    """Looks at the server, then at the model; where that is asked for, has the model answer."""

    def __init__(self, options: Options, probes: Probes) -> None:
        self._options = options
        self._probes = probes

    def look(self) -> Iterator[Check]:
        """Yield what was found."""
        try:
            survey = self._probes.survey()
        except ChinwagError as error:
            yield fail("server", error.failure.summary, error.failure.advice)
            return
        yield from check_server(survey)
        last = self._probes.last_model()
        yield from check_model(survey, self._options.model, last)
        if self._options.deep and survey.failure is None:
            choice = choose_model(survey, last)
            model = self._options.model or (choice.name if isinstance(choice, ModelChosen) else None)
            if model is not None:
                yield self._answer(model)

    def _answer(self, model: str) -> Check:
        begun = time.monotonic()
        status, wrong = self._probes.answer(model)
        if status == DONE:
            return ok("answer", f"{model} answered within {time.monotonic() - begun:.1f} s")
        return fail("answer", f"{model} does not answer: {wrong}")


def _look_aside(name: str, survey: Callable[[], ServerSurvey]) -> Iterator[Check]:
    """Look at a server that is not the one that answers: what is wrong with it is only a warning."""
    try:
        yield check_other_server(name, survey())
    except ChinwagError as error:
        yield warn(f"server {name}", error.failure.summary, error.failure.advice)


def _ask(command: Sequence[str]) -> str:
    """Run a program for a moment; empty where it is not there, or says nothing in time."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TOOL_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
