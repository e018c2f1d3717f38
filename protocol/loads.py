"""How a model is loaded, and for which prompts the server loads it anew.

Source: `needsReload` in server/sched.go of Ollama v0.32.
"""

from protocol.identity import DEFAULT_SERVER, ServerName
from protocol.message import Value
from protocol.options import BY_NAME, shown
from protocol.parameters import Option, Parameters

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


def load_of(model: str, parameters: Parameters, server: ServerName = DEFAULT_SERVER) -> Load:
    """Return how a model is loaded for a prompt that is sent with these."""
    options = tuple(option for option in parameters.options if _reloads(option))
    return Load(model, options, parameters.shift, server)


def differing(before: Load, now: Load) -> tuple[str, ...]:
    """Return the names of what a server loads a model anew for; none where it does not."""
    old, new = _named(before), _named(now)
    names = sorted({*old, *new})
    return tuple(name for name in names if old.get(name) != new.get(name) and (name in new or name not in _AS_IT_IS))


def _reloads(option: Option) -> bool:
    row = BY_NAME.get(option.name)
    return row is not None and row.reloads and not (option.name in _AS_IT_IS and option.value == -1)


def _named(load: Load) -> dict[str, str]:
    options = {option.name: shown(option.value) for option in load.options}
    return options if load.shift is None else {**options, "shift": shown(load.shift)}
