"""What a text that is being written can go on with: commands, and what they are followed by, and files after `@`."""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path

from protocol.command_table import COMMANDS
from protocol.model_commands import ModelPart
from protocol.options import BY_NAME
from protocol.set_command import NAMES, values_of
from ui.compare_completion import compare_words
from ui.sanitiser import sanitise

_COMMAND = re.compile(r"/([\w-]*)\Z")
_PARTS = "|".join(ModelPart)
_MODEL = re.compile(
    rf"/(?:(?:model|pull|rm|load|unload|create)\s+|cp\s+(?:\S+\s+)?|show\s+(?:(?:{_PARTS})\s+)?)(\S*)\Z", re.IGNORECASE
)
_PULLED = re.compile(r"/pull\s+()stop\s+(\S*)\Z", re.IGNORECASE)
_PULL = re.compile(r"/pull\s", re.IGNORECASE)
_STOP = "stop "
_PART = re.compile(r"/show\s+(\S*)\Z", re.IGNORECASE)
_MODELFILE = re.compile(r"/create\s+\S+\s+(.*)\Z", re.IGNORECASE)
_TITLE = re.compile(r"/(?:open|delete)\s+(.*)\Z", re.IGNORECASE)
_SETTING = re.compile(r"/set\s+(?:parameters?\s+)?(?:(\w+)\s+)?([^\s@]\S*|)\Z", re.IGNORECASE)
_PRESET = re.compile(r"/preset\s+()(\S*)\Z", re.IGNORECASE)
_SERVER = re.compile(r"/server\s+()(\S*)\Z", re.IGNORECASE)
_COMPARE = re.compile(r"/compare\s+((?:\S+\s+)*)(\S*)\Z", re.IGNORECASE)
_FILE = re.compile(r'(?:^|(?<=\s))@(?:"([^"\n]*)|([^\s"]*))\Z')
_MOST_ENTRIES = 2_000
"""Entries of a folder that are looked at, so that no key waits for a huge one."""


@dataclass(frozen=True)
class Candidate:
    """One way to go on."""

    text: str
    """What takes the place of what was written of it."""
    detail: str = ""


@dataclass(frozen=True)
class Completion:
    """The ways to go on with the end of a text."""

    start: int
    """Where that end begins, which a candidate replaces."""
    candidates: tuple[Candidate, ...]
    by_itself: bool
    """Whether it is shown without having been asked for."""

    @property
    def common(self) -> str:
        """How all candidates begin."""
        texts = [candidate.text for candidate in self.candidates]
        first, last = min(texts), max(texts)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))
        return first[:same]


class Knowledge:
    """What completion needs to know. UI thread only: `models`, `titles`, `presets`, `servers` and `pulled`, the models
    that are being pulled, answer at once; `folder` is where files are looked for."""

    def __init__(
        self,
        models: Callable[[], Iterable[str]] = tuple,
        titles: Callable[[], Iterable[str]] = tuple,
        folder: Path | None = None,
        presets: Callable[[], Iterable[str]] = tuple,
        servers: Callable[[], Iterable[str]] = tuple,
        pulled: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self.models = models
        self.titles = titles
        self.presets = presets
        self.servers = servers
        self.folder = folder or Path()
        self.pulled = pulled


def complete(before: str, knowledge: Knowledge) -> Completion | None:
    """Return how `before`, the text up to the cursor, can go on; None where nothing is known."""
    if match := _COMMAND.match(before):
        named = [entry for entry in COMMANDS if entry.name.startswith(match[1].lower())]
        found = [Candidate(f"/{entry.name}{' ' if entry.arguments else ''}", entry.help) for entry in named]
        return _completion(0, found, by_itself=True)
    if match := _PULLED.match(before):
        return _named(match, [Candidate(name) for name in knowledge.pulled()])
    if match := _SETTING.match(before):
        return _setting(match, knowledge)
    if match := _PRESET.match(before):
        return _named(match, [Candidate(name) for name in knowledge.presets()])
    if match := _SERVER.match(before):
        return _named(match, [Candidate(name) for name in knowledge.servers()])
    if (match := _COMPARE.match(before)) and "--" not in match[1].split():
        return _named(match, _compared(match[1].split(), knowledge))
    if match := _MODEL.match(before):
        parts = [f"{part} " for part in ModelPart if part.startswith(match[1].lower())] if _PART.match(before) else []
        stops = _PULL.match(before) is not None and bool(tuple(knowledge.pulled())) and _STOP.startswith(match[1])
        stop = [_STOP] if stops else []
        names = _beginning(knowledge.models(), match[1])
        return _completion(match.start(1), [Candidate(name) for name in (*stop, *parts, *names)])
    if match := _MODELFILE.match(before):
        return _completion(match.start(1), [Candidate(path) for path in files(match[1], knowledge.folder)])
    if match := _TITLE.match(before):
        return _completion(match.start(1), [Candidate(title) for title in _beginning(knowledge.titles(), match[1])])
    if match := _FILE.search(before):
        typed = match[2] if match[1] is None else match[1]
        return _completion(match.start(), [Candidate(_quoted(path)) for path in files(typed, knowledge.folder)])
    return None


def files(typed: str, folder: Path) -> Sequence[str]:
    """Return the paths that begin as typed, in order, those of folders with a slash at the end.

    Hidden ones only where their dot is typed. What cannot be read has none.
    """
    above, _, begun = typed.rpartition("/")
    lead = typed[: len(typed) - len(begun)]
    place = folder / os.path.expanduser(above or ("/" if lead else ""))
    try:
        with os.scandir(place) as entries:
            found = [
                f"{lead}{entry.name}{'/' if _is_folder(entry) else ''}"
                for entry in islice(entries, _MOST_ENTRIES)
                if entry.name.startswith(begun) and (begun or not entry.name.startswith(".")) and _is_plain(entry.name)
            ]
    except OSError:
        return ()
    return sorted(found)


def _setting(match: re.Match[str], knowledge: Knowledge) -> Completion | None:
    """The names that can be set, or the values that one of them can have."""
    name = (match[1] or "").lower()
    if not name:
        return _named(match, [Candidate(f"{one} ", _meaning(one)) for one in NAMES])
    found = [Candidate(value) for value in values_of(name)]
    if name == "format":
        found += [Candidate(path) for path in files(match[2], knowledge.folder)]
    return _named(match, found)


def _compared(words: Sequence[str], knowledge: Knowledge) -> list[Candidate]:
    """What `/compare` can go on with; a model has a blank behind it, since another one follows."""
    offers = compare_words(words, knowledge.models(), knowledge.servers(), knowledge.presets())
    plain = ((" ".join(sanitise(word).split()), meaning) for word, meaning in offers)
    return [Candidate(f"{word} ", meaning) for word, meaning in plain if word]


def _meaning(name: str) -> str:
    row = BY_NAME.get(name)
    return row.meaning if row is not None else ""


def _named(match: re.Match[str], found: Sequence[Candidate]) -> Completion | None:
    """Those that begin with what is written."""
    wanted = match[2].casefold()
    return _completion(match.start(2), [one for one in found if one.text.casefold().startswith(wanted)])


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_plain(name: str) -> bool:
    """Names that a terminal could obey, or that are no text, are not offered."""
    return sanitise(name) == name and "\n" not in name and "\t" not in name and '"' not in name


def _quoted(path: str) -> str:
    if " " not in path:
        return f"@{path}"
    return f'@"{path}' if path.endswith("/") else f'@"{path}"'


def _beginning(names: Iterable[str], begun: str) -> list[str]:
    wanted = begun.casefold()
    clean = dict.fromkeys(" ".join(sanitise(name).split()) for name in names)
    return [name for name in clean if name.casefold().startswith(wanted)]


def _completion(start: int, candidates: Sequence[Candidate], by_itself: bool = False) -> Completion | None:
    return Completion(start, tuple(candidates), by_itself) if candidates else None
