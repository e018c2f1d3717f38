"""Which servers are the pool in a run, and whether it answers where nothing else is said."""

from collections.abc import Iterable, Sequence

from protocol.errors import InterfaceError
from protocol.identity import POOL, ServerName
from protocol.suggestion import suggestion
from ui.settled import Settled

SETTING = "pool"
HOW = 'pool = ["A", "B"] in the configuration file makes a pool of servers that have names.'
"""How there comes to be one."""


def pool_of(settled: Settled, configured: Sequence[str]) -> tuple[ServerName, ...]:
    """Return the servers of the pool by the names that they have; none where there is no pool.

    Raises InterfaceError for one that is not configured.
    """
    found = settled.find(SETTING)
    names = found.value if isinstance(found.value, tuple) else ()
    fault = unpooled(names, configured)
    if fault and settled.lenient:
        return ()
    if fault:
        raise InterfaceError(
            f"{found.source}: {fault}", "Tables [servers.NAME] in the configuration file make servers."
        )
    own = {name.casefold(): name for name in configured}
    return tuple(ServerName(own[str(name).casefold()]) for name in names)


def is_pool(text: str) -> bool:
    """Tell whether the pool is meant, and no server."""
    return text.strip().casefold() == POOL


def unpooled(names: Iterable[object], configured: Sequence[str]) -> str:
    """Say why these cannot be the pool; empty where they can."""
    known = {name.casefold() for name in configured}
    unknown = next((str(name) for name in names if str(name).casefold() not in known), None)
    if unknown is not None:
        return f"there is no server {unknown!r} for the pool.{suggestion(unknown, configured)}"
    if POOL in known and tuple(names):
        return "where there is a pool no server can be called so: name [servers.pool] otherwise."
    return ""
