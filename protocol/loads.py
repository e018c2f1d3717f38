"""How a model is loaded: for which prompts the server loads it anew, and which of those that wait go first.

Source: `needsReload` in server/sched.go of Ollama v0.32.
"""

from collections.abc import Collection, Sequence

from protocol.identity import DEFAULT_SERVER, ServerName
from protocol.message import Value
from protocol.options import BY_NAME, shown
from protocol.parameters import Option, Parameters

PATIENCE = 4
"""So many prompts may go before one that came earlier, because the model that they need is loaded."""
_AS_IT_IS = frozenset({"num_gpu"})
"""A server that is not told how many layers go to the GPU leaves the model as it is."""


class Load(Value, frozen=True):
    """A model, and all that it is loaded with: for another one of these the server loads it anew."""

    model: str
    """By the name under which all spellings are one."""
    options: tuple[Option, ...] = ()
    shift: bool | None = None
    server: ServerName = ServerName("")
    """Where it is loaded."""


class Candidate(Value, frozen=True):
    """A prompt that could be sent now."""

    load: Load
    passed: int = 0
    """How many that came later went before it."""


def load_of(model: str, parameters: Parameters, server: ServerName = DEFAULT_SERVER) -> Load:
    """Return how a model is loaded for a prompt that is sent with these."""
    options = tuple(option for option in parameters.options if _reloads(option))
    return Load(model, options, parameters.shift, server)


def differing(before: Load, now: Load) -> tuple[str, ...]:
    """Return the names of what a server loads a model anew for; none where it does not."""
    old, new = _named(before), _named(now)
    names = sorted({*old, *new})
    return tuple(name for name in names if old.get(name) != new.get(name) and (name in new or name not in _AS_IT_IS))


def choose(candidates: Sequence[Candidate], warm: Collection[Load], free: int) -> tuple[int, ...]:
    """Return which of the candidates, which are in order, are sent now that so many streams are free.

    Those go first whose model is loaded as they need it: every other one may have the server put that model out. But
    one that `PATIENCE` others went before is the next, so nobody waits for ever.
    """
    left, chosen = list(range(len(candidates))), list[int]()
    passed = [candidate.passed for candidate in candidates]
    loaded = set(warm)
    while left and len(chosen) < free:
        fitting = (place for place in left if candidates[place].load in loaded)
        place = left[0] if passed[left[0]] >= PATIENCE else next(fitting, left[0])
        for earlier in left[: left.index(place)]:
            passed[earlier] += 1
        left.remove(place)
        loaded.add(candidates[place].load)
        chosen.append(place)
    return tuple(chosen)


def passed_by(chosen: Collection[int], place: int) -> int:
    """Return how many of the chosen went before one that was not chosen, and came later."""
    return sum(1 for other in chosen if other > place)


def _reloads(option: Option) -> bool:
    row = BY_NAME.get(option.name)
    return row is not None and row.reloads and not (option.name in _AS_IT_IS and option.value == -1)


def _named(load: Load) -> dict[str, str]:
    options = {option.name: shown(option.value) for option in load.options}
    return options if load.shift is None else {**options, "shift": shown(load.shift)}
