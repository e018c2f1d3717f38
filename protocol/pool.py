"""Which prompts begin now, and on which server: everything that decides that is in this file, and does nothing else.

A prompt is bound to a server, or goes to any server of the pool. One that is bound waits for its own server, however
that fares: only a request tells. One of the pool goes to a live server that has its model, where it is loaded already
if there is room, else where the same conversation was answered last, else to the least busy. The rules:

- No server has more streams than its limit, and there are no more in all than may be. Of a server that says nothing
  of a limit the pool asks one thing at a time: Ollama answers the prompts of one model one after the other.
- No stream is left free that a prompt could have: one waits only while all that could take it are full.
- Conversations take turns, in the order in which their prompts could begin; what belongs to one comparison counts as
  one conversation (`Waiting.group`).
- A prompt whose model is loaded goes before one that would have it put out, but not before one that `PATIENCE` others
  have passed already: nobody waits for ever.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from enum import StrEnum

from msgspec.structs import replace

from protocol.identity import DEFAULT_SERVER, POOL, ServerName
from protocol.loads import Load
from protocol.message import Value

STREAMS = 1
"""So many prompts of the pool at a time has a server whose limit nobody has set."""
PATIENCE = 4
"""So many prompts may go before one that is due earlier, because the model that they need is loaded."""


class Health(StrEnum):
    """Whether a server can be asked something."""

    LIVE = "live"
    AWAY = "away"
    """The last look did not find it."""
    UNKNOWN = "unknown"
    """Nobody has looked at it yet, or since it broke off."""


class Station(Value, frozen=True):
    """A server, as far as it matters for where a prompt goes."""

    name: ServerName = DEFAULT_SERVER
    limit: int | None = None
    """Streams at a time; None where none is set."""
    pooled: bool = False
    """It takes what is for the pool."""
    health: Health = Health.LIVE
    models: frozenset[str] | None = None
    """By the names under which all spellings are one; None where it may have any."""
    loaded: frozenset[Load] = frozenset()
    """As its models are known to be loaded now."""

    def may_have(self, model: str) -> bool:
        """Tell whether it has a model, as far as that is known."""
        return self.models is None or model in self.models


class Waiting(Value, frozen=True):
    """A prompt that could begin if there is room."""

    load: Load
    """What it needs; of the pool if its `server` is `POOL`."""
    group: str = ""
    """With whom it takes turns: its conversation, or what counts as one."""
    since: int = 0
    """When it could begin first; any numbers that grow."""
    passed: int = 0
    """How many that came later went before it."""
    kept: ServerName | None = None
    """Who answered its conversation last: what was said may still be read there."""
    avoids: frozenset[ServerName] = frozenset()
    """Where it broke off already."""

    @property
    def pooled(self) -> bool:
        """It is for any server of the pool."""
        return self.load.server == POOL


class Hold(StrEnum):
    """Why a prompt does not begin."""

    STREAMS = "all streams are taken"
    SERVER = "its server is full"
    POOL = "all servers of the pool that could take it are full"
    SURVEY = "a server that could take it is still looked at"
    AWAY = "every server that could take it is away"


class Plan(Value, frozen=True):
    """What is to be done now."""

    starts: dict[int, ServerName]
    """Which begin, by their places, and where; in the order in which they were chosen."""
    passed: tuple[int, ...]
    """For each place, how many that came later have gone before it by now."""
    holds: tuple[Hold | None, ...]
    """For each place, why it does not begin; None if it does."""


def eligible(
    stations: Sequence[Station], model: str, avoids: Collection[ServerName] = frozenset()
) -> tuple[Station, ...]:
    """Return who of the pool could be asked now for this model, if there is room.

    Where nobody may have it, whoever is there may say so in its own words.
    """
    having = _having(stations, model)
    return tuple(one for one in having if one.health is Health.LIVE and one.name not in avoids)


def plan(stations: Sequence[Station], waiting: Sequence[Waiting], running: Sequence[Load], streams: int) -> Plan:
    """Decide what begins. `running` is what streams now, each with the server that it is on; `streams` is how many
    may be at once over all."""
    return _Planning(stations, waiting, running, streams).made()


def in_turns(waiting: Sequence[Waiting]) -> list[int]:
    """Return the places in the order in which they are due: one of each group, then the next of each, and so on."""
    met, ranks = Counter[str](), list[tuple[int, int, int]]()
    for place in sorted(range(len(waiting)), key=lambda place: waiting[place].since):
        group = waiting[place].group
        ranks.append((met[group], waiting[place].since, place))
        met[group] += 1
    return [place for *_, place in sorted(ranks)]


def _having(stations: Sequence[Station], model: str) -> list[Station]:
    """Who of the pool may have a model; all of it where nobody may."""
    pool = [station for station in stations if station.pooled]
    return [station for station in pool if station.may_have(model)] or pool


class _Planning:
    """One decision, as it is made step by step."""

    def __init__(
        self, stations: Sequence[Station], waiting: Sequence[Waiting], running: Sequence[Load], streams: int
    ) -> None:
        self._stations = stations
        self._waiting = waiting
        self._free = streams - len(running)
        self._busy = Counter(load.server for load in running)
        self._loaded = {*running, *(load for station in stations for load in station.loaded)}
        self._could = [self._candidates(one) for one in waiting]
        self._left = in_turns(waiting)
        self._passed = [one.passed for one in waiting]
        self._starts: dict[int, ServerName] = {}

    def made(self) -> Plan:
        """Take one after another, until nothing more can begin."""
        while self._free > 0:
            able = [place for place in self._left if self._open(place)]
            if not able:
                break
            place = self._next(able)
            for earlier in able[: able.index(place)]:
                self._passed[earlier] += 1
            self._start(place)
        holds = tuple(None if place in self._starts else self._hold(place) for place in range(len(self._waiting)))
        return Plan(self._starts, tuple(self._passed), holds)

    def _candidates(self, one: Waiting) -> tuple[Station, ...]:
        """Whom it could be sent to, were there room. Where it broke off everywhere it may go there again."""
        if not one.pooled:
            return tuple(station for station in self._stations if station.name == one.load.server)
        fresh = eligible(self._stations, one.load.model, one.avoids)
        return fresh or eligible(self._stations, one.load.model)

    def _open(self, place: int) -> list[Station]:
        """Those of them that have room."""
        pooled = self._waiting[place].pooled
        return [station for station in self._could[place] if self._room(station, pooled)]

    def _room(self, station: Station, pooled: bool) -> bool:
        limit = station.limit or (STREAMS if pooled else None)
        return limit is None or self._busy[station.name] < limit

    def _next(self, able: Sequence[int]) -> int:
        """The first that is due, unless the model of a later one is loaded and the first has patience left."""
        if self._passed[able[0]] >= PATIENCE:
            return able[0]
        return next((place for place in able if any(self._is_hot(place, one) for one in self._open(place))), able[0])

    def _start(self, place: int) -> None:
        def worth(station: Station) -> tuple[bool, bool, int]:
            is_kept = station.name == self._waiting[place].kept
            return not self._is_hot(place, station), not is_kept, self._busy[station.name]

        station = min(self._open(place), key=worth)
        self._free -= 1
        self._busy[station.name] += 1
        self._loaded.add(self._load_at(place, station))
        self._left.remove(place)
        self._starts[place] = station.name

    def _is_hot(self, place: int, station: Station) -> bool:
        return self._load_at(place, station) in self._loaded

    def _load_at(self, place: int, station: Station) -> Load:
        return replace(self._waiting[place].load, server=station.name)

    def _hold(self, place: int) -> Hold:
        one = self._waiting[place]
        if not self._could[place]:
            return self._absence(one)
        if self._free <= 0:
            return Hold.STREAMS
        return Hold.POOL if one.pooled else Hold.SERVER

    def _absence(self, one: Waiting) -> Hold:
        having = _having(self._stations, one.load.model)
        return Hold.SURVEY if any(station.health is Health.UNKNOWN for station in having) else Hold.AWAY
