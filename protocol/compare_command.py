"""The texts of `/compare`, and what they ask for."""

import re
from collections.abc import Sequence
from itertools import product

from protocol.commands import Command, Unknown
from protocol.compare_words import (
    CompareAll,
    CompareDrop,
    CompareJudge,
    CompareLook,
    CompareMerge,
    ComparePick,
    CompareRepeat,
)
from protocol.comparison import MAX_COLUMNS, Contestant
from protocol.identity import DEFAULT_SERVER, ServerName

_HOW = "Write it like /compare llama3.2 mistral, or /compare llama3.2 seeds 3 -- Why is the sky blue?"
_PROMPT = re.compile(r"(?:^|\s)--(?:\s|$)")
_NUMBER = re.compile("[1-9][0-9]{0,2}")
_DROP = ("-", "drop")


def parse_compare(rest: str) -> Command:
    """Parse what follows `/compare`.

    Models, seeds and servers are combined, each with each: `/compare A B on X Y` has four columns.
    """
    words, prompt = _parted(rest)
    match words:
        case []:
            return Unknown(_HOW) if prompt is not None else CompareLook()
        case [word] if word.lower() in _DROP and prompt is None:
            return CompareDrop()
        case [word] if word.lower() == "again" and prompt is None:
            return CompareRepeat()
        case [word, number] if word.lower() == "pick" and _NUMBER.fullmatch(number) and prompt is None:
            return ComparePick(int(number))
        case [word, *_] if word.lower() in ("drop", "again"):
            return Unknown(f"/compare {word.lower()} takes nothing more.")
        case [word, *_] if word.lower() == "pick":
            return Unknown("Write it like /compare pick 2: the number above the answer.")
        case [word, *models] if word.lower() in ("judge", "merge"):
            return _asked(word.lower(), models, prompt)
        case _:
            return _contest(words, prompt)


def _parted(rest: str) -> tuple[list[str], str | None]:
    """The words, and the prompt behind them; None where none is written."""
    found = _PROMPT.search(rest)
    if found is None:
        return rest.split(), None
    return rest[: found.start()].split(), rest[found.end() :].strip()


def _asked(word: str, models: list[str], prompt: str | None) -> Command:
    if len(models) != 1:
        return Unknown(f"Write it like /compare {word} MODEL: one model, which is shown all answers.")
    if prompt is not None:
        return Unknown(f"/compare {word} {models[0]} shows what will be asked, with all answers: change it there.")
    return CompareJudge(models[0]) if word == "judge" else CompareMerge(models[0])


def _contest(words: list[str], prompt: str | None) -> Command:
    if prompt == "":
        return Unknown("There is no prompt after --: write it, or leave -- out and send the prompt next.")
    before, servers = _after("on", words)
    names, seeds = _after("seeds", before)
    mistake = _mistake(names, seeds, servers)
    if mistake:
        return Unknown(mistake)
    presets = _is_presets(names)
    named = ([], names[1:]) if presets else (names, [])
    contestants = combine(*named, int(seeds[0]) if seeds else None, servers or [])
    if len(contestants) > MAX_COLUMNS:
        return Unknown(f"These are {len(contestants):,} answers, and {MAX_COLUMNS} is the most: name fewer.")
    if len(contestants) < 2:
        return Unknown(f"One answer is nothing to compare: name another model, seeds or servers. {_HOW}")
    return CompareAll(contestants, prompt or "")


def _mistake(names: list[str], seeds: list[str] | None, servers: list[str] | None) -> str:
    presets = _is_presets(names)
    if presets and len(names) == 1:
        return f"No preset is named. {_HOW}"
    if seeds is not None and (len(seeds) != 1 or not _NUMBER.fullmatch(seeds[0])):
        return "seeds takes how many there are to be, as in seeds 3: the seeds 1, 2 and 3."
    if servers is not None and not servers:
        return "on takes the names of servers: /server lists them."
    return ""


def combine(
    models: Sequence[str], presets: Sequence[str], seeds: int | None, servers: Sequence[str]
) -> tuple[Contestant, ...]:
    """Return each with each: models, presets, the seeds from 1 to `seeds`, servers; what none is named of is left out.

    There may be more of them than can be compared.
    """
    numbers: Sequence[int | None] = [None] if seeds is None else range(1, seeds + 1)
    homes = [ServerName(server) for server in servers] or [DEFAULT_SERVER]
    return tuple(
        Contestant(model, home, preset, seed)
        for model, home, preset, seed in product(models or [""], homes, presets or [""], numbers)
    )


def _is_presets(names: list[str]) -> bool:
    return bool(names) and names[0].lower() == "presets"


def _after(word: str, words: list[str]) -> tuple[list[str], list[str] | None]:
    """What comes before a word, and what behind it; None where it is not there. It never comes first."""
    places = [place for place, one in enumerate(words) if one.lower() == word and place]
    return (words, None) if not places else (words[: places[0]], words[places[0] + 1 :])
