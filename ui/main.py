"""The composition root: from the command line to a face and an engine, and back to an exit status."""

import os
import sys
from contextlib import suppress
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from time import monotonic, sleep, time
from typing import TYPE_CHECKING

import platformdirs
from msgspec.structs import replace

from protocol.address import Address
from protocol.chat import Attachment
from protocol.errors import ChinwagError, InterfaceError
from protocol.limits import ResourceLimits
from protocol.server_names import ServerNames
from protocol.settings import EngineSettings
from protocol.ui import UiEvent
from ui.arguments import Options, parse_arguments
from ui.configuration_file import ConfigurationFile, configuration_path, read_file, read_sound
from ui.engine import StartEngine
from ui.event_queue import EventQueue
from ui.exit_status import DONE, FAILED, USAGE
from ui.log import logging_to
from ui.output import prepare_output, silence
from ui.sanitiser import sanitise
from ui.signals import LastResort, leaving_on_signals, stacks_on_signal
from ui.terminal_check import screen_obstacle

if TYPE_CHECKING:
    from ui.ask_session import AskSession
    from ui.compare_session import CompareSession
    from ui.configuration import Configuration


def main(arguments: list[str]) -> int:
    """Run the program and return its exit status. What it cannot do it says in one sentence."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it lives as long as the process
    try:
        options = parse_arguments(arguments, os.environ, read_settings)
        log = options.log_file or Path(platformdirs.user_log_dir("chinwag")) / "chinwag.log"
        with logging_to(log, options.log_level, options.log_file is not None) as descriptor:
            match options.command:
                case "ask":
                    return ask(options, descriptor)
                case "compare":
                    return compare(options, descriptor)
                case "chats":
                    return chats(options)
                case "models":
                    return models(options)
                case "config":
                    return config(options)
                case "replay":
                    return replay(options, descriptor)
                case "doctor":
                    return doctor(options, log)
                case "completion":
                    return completion(options)
                case _:
                    return chat(options, descriptor)
    except ChinwagError as error:
        complain(str(error))
        return USAGE


def chat(options: Options, log: int) -> int:
    """Open the chat: on the whole terminal, or line by line where that is asked for, or nothing else is possible."""
    engines: list[RunningEngine] = []

    def start_engine(ui: Address[UiEvent]) -> RunningEngine:
        from protocol.archivist import Resume
        from protocol.coordinator import StartConversation

        engine = RunningEngine(ui, options.settings)
        if options.resume is None:
            engine.coordinator.tell(StartConversation(options.model, options.system))
        else:
            engine.archivist.tell(Resume(options.resume, options.named_model, options.named_system))
        engines.append(engine)
        return engine

    obstacle = screen_obstacle(sys.stdin, sys.stdout, os.environ)
    show = _chat_by_lines if options.plain or obstacle else _chat_on_screen
    status = show(options, obstacle, start_engine, log)
    return leave(status, any(engine.late for engine in engines))


def _chat_on_screen(options: Options, _obstacle: str, start_engine: StartEngine, log: int) -> int:
    """Only the painting is imported before the first paint."""
    from ui.screen_chat import run_chat

    configured = configuration(options)
    servers = ServerNames.of(options.settings)
    out = sys.stdin, sys.stdout, sys.stderr
    return run_chat(start_engine, *out, os.environ, log, configuration=configured, servers=servers, warns=options.warns)


def _chat_by_lines(options: Options, obstacle: str, start_engine: StartEngine, log: int) -> int:
    """`obstacle` is why there is no screen; somebody who looks at a terminal may wonder."""
    from ui.plain import run_plain

    if not options.plain and sys.stdout is not None and sys.stdout.isatty():
        complain(f"{obstacle} The chat is plain: line by line.")
    most = options.settings.limits.max_prompt_bytes
    try:
        servers = ServerNames.of(options.settings)
        return run_plain(start_engine, sys.stdin, sys.stdout, sys.stderr, most, log, servers, options.warns)
    except OSError as error:
        return give_up_output(error)


def replay(options: Options, log: int) -> int:
    """Play a trace on the terminal. No engine, and nothing of one, is needed."""
    from ui.replay import Replay
    from ui.screen_chat import run_chat
    from ui.trace_reader import TraceReader

    assert options.replay is not None
    with TraceReader(options.replay.file) as trace:
        playing = Replay(trace, options.replay.speed)
        configured = configuration(options)
        return run_chat(playing.start, sys.stdin, sys.stdout, sys.stderr, os.environ, log, playing, configured)


def read_settings(named: str | None, lenient: bool) -> ConfigurationFile:
    """Read the configuration file, the keys excepted; of one with mistakes what makes sense, if that is enough."""
    path, needed = configuration_path(named, os.environ)
    return read_sound(path) if lenient else read_file(path, needed)


def configuration(options: Options) -> "Configuration":
    """Return what the command line and the configuration file say of the looks and the keys."""
    from ui.configuration import configure

    return configure(options.settled.file, options.theme, options.settled.yes("warm"))


def config(options: Options) -> int:
    """Do what was asked for with the configuration file."""
    from ui.config_command import ConfigCommand

    assert options.config_command is not None
    prepare_output(sys.stdout)
    path, _ = configuration_path(str(options.config) if options.config else None, os.environ)
    try:
        return ConfigCommand(path, sys.stdout, complain).run(options.config_command, options.settled)
    except OSError as error:
        return give_up_output(error)


def ask(options: Options, log: int) -> int:
    """Answer prompts on standard output."""
    from ui.ask_session import AskSession

    prepare_output(sys.stdout)
    assert options.ask is not None
    assert options.ask.resume is None or options.settings.data_dir is not None
    return _run_headless(
        AskSession(options, sys.stdin, sys.stdout, sys.stderr, complain, _find_chat, _read_attachment), options, log
    )


def compare(options: Options, log: int) -> int:
    """Have many answer the same prompts, on standard output."""
    from ui.compare_session import CompareSession

    prepare_output(sys.stdout)
    return _run_headless(CompareSession(options, sys.stdin, sys.stdout, sys.stderr, complain), options, log)


def _run_headless(session: "AskSession | CompareSession", options: Options, log: int) -> int:
    last_resort = LastResort(lambda: None)
    with leaving_on_signals(session.events, last_resort), stacks_on_signal(log):
        engine = RunningEngine(session.events, options.settings)
        try:
            status = session.run(engine)
        except OSError as error:
            status = give_up_output(error)
        finally:
            last_resort.disarm()
            engine.stop()
    return leave(status, engine.late)


def _find_chat(folder: Path, wanted: str) -> str:
    """Return the id of a kept chat. Raises InterfaceError where there is none."""
    from contextlib import closing

    from actors.shelf import read_archive

    with closing(read_archive(folder)) as reader:
        found = reader.find(wanted)
    if found is None:
        what = f"There is no chat {wanted!r}." if wanted else "There are no chats."
        raise InterfaceError(what, "See them with: chinwag chats list")
    return found.id


def _read_attachment(path: str, limits: ResourceLimits) -> Attachment:
    """Read a file that goes with a prompt. Raises InterfaceError where it cannot."""
    from actors.file_reading import read_attachment

    return read_attachment(path, limits)


def chats(options: Options) -> int:
    """Do what was asked for with the conversations that were kept. No engine, and nothing of one, is needed."""
    import sqlite3

    from actors.shelf import describe_refusal, read_archive, write_archive
    from ui.chats import Chats

    folder = options.settings.data_dir
    assert folder is not None
    assert options.chats is not None
    prepare_output(sys.stdout)
    if options.chats.as_json and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    face = Chats(partial(read_archive, folder), partial(write_archive, folder), sys.stdin, sys.stdout, complain, time)
    try:
        status = face.run(options.chats)
        sys.stdout.flush()
    except OSError as error:
        return give_up_output(error)
    except sqlite3.Error as error:
        complain(describe_refusal(error, folder))
        return FAILED
    return status


def models(options: Options) -> int:
    """Do what was asked for with the models of the server. No engine is needed, only how it talks to a server."""
    import random

    from actors.model_shelf import ModelShelf
    from ui.models import Models

    assert options.models is not None
    prepare_output(sys.stdout)
    if options.models.as_json and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    shelf = ModelShelf(options.settings)
    face = Models(shelf, sys.stdin, sys.stdout, complain, monotonic, sleep, random.random)
    try:
        status = face.run(options.models)
        sys.stdout.flush()
    except OSError as error:
        return give_up_output(error)
    finally:
        shelf.close()
    return status


def doctor(options: Options, log: Path) -> int:
    """Look at everything, and say how it fares."""
    from actors.examiner import examine_archive, last_model, survey
    from ui.doctor import Doctor
    from ui.doctor_looks import Probes, looks

    prepare_output(sys.stdout)
    settings = options.settings
    assert settings.data_dir is not None
    probes = Probes(
        partial(survey, settings),
        [(one.name, partial(survey, replace(settings, server=one, others=()))) for one in settings.others],
        partial(last_model, settings),
        partial(examine_archive, settings.data_dir, options.deep),
        partial(_answer_once, options),
    )
    named = configuration_path(str(options.config) if options.config else None, os.environ)
    streams = sys.stdin, sys.stdout
    try:
        return Doctor(looks(options, probes, named, log, streams, os.environ), sys.stdout).run(options.as_json)
    except OSError as error:
        return give_up_output(error)


def _answer_once(options: Options, model: str) -> tuple[int, str]:
    """Have a model answer one word; return the exit status of that, and what was said of it."""
    from ui.one_answer import ask_once, for_one_answer

    events = EventQueue()
    engine = RunningEngine(events, for_one_answer(options.settings))
    try:
        return ask_once(engine, events, model)
    finally:
        engine.stop()


def completion(options: Options) -> int:
    """Print what completes the command line, or the words that it asks for."""
    from ui.shell_completion import script
    from ui.shell_words import models_of

    prepare_output(sys.stdout)
    try:
        match options.shell:
            case "models":
                from actors.examiner import survey

                sys.stdout.writelines(f"{name}\n" for name in models_of(partial(survey, options.settings)))
            case "chats":
                sys.stdout.writelines(f"{title}\n" for title in _titles(options))
            case shell:
                sys.stdout.write(script(shell))
    except OSError as error:
        return give_up_output(error)
    return DONE


def _titles(options: Options) -> list[str]:
    """Titles of the latest chats; none where they cannot be read."""
    import sqlite3
    from contextlib import closing

    from actors.shelf import read_archive
    from ui.shell_words import MOST_CHATS, titles_of

    assert options.settings.data_dir is not None
    try:
        with closing(read_archive(options.settings.data_dir)) as reader:
            return titles_of(reader.conversations(MOST_CHATS))
    except (sqlite3.Error, ChinwagError):
        return []


def give_up_output(error: OSError) -> int:
    """Say why standard output takes nothing more, unless its reader has simply gone, and return the exit status."""
    silence(sys.stdout)
    if not isinstance(error, BrokenPipeError):
        complain(f"The answer cannot be written: {error.strerror}.")
    return FAILED


class RunningEngine:
    """The engine as the faces see it. Importing it is put off until here: it brings pykka."""

    def __init__(self, ui: Address[UiEvent], settings: EngineSettings) -> None:
        from actors.system import start_system

        self._system = start_system(ui, settings)
        self.coordinator = self._system.coordinator
        self.input = self._system.input
        self.archivist = self._system.archivist
        self.late = False

    def stop(self) -> None:
        """Stop everything, within 5 seconds. Who was late is in the log; the process ends all the same."""
        self.late = bool(self._system.stop().late)


def leave(status: int, threads_left: bool) -> int:
    """Return the exit status; where threads are left that nobody can end, end the process with them."""
    if threads_left:
        sys.stdout.flush()
        os._exit(status)
    return status


def complain(sentence: str) -> None:
    """Say what is wrong on standard error, if that is still there. It may quote what somebody else wrote."""
    with suppress(OSError, ValueError):
        try:
            sys.stderr.write(f"chinwag: {sanitise(sentence)}\n")
        except OSError:
            silence(sys.stderr)
