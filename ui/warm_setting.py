"""The setting `warm` of the configuration file: whether a model is loaded as soon as one begins to write."""

from collections.abc import Callable, Mapping

NAME = "warm"


def read_warm(settings: Mapping[str, object], mistake: Callable[[str, str, str], None]) -> bool:
    """Return what a file says; `mistake` is told the table, the key and a sentence."""
    warm = settings.get(NAME, False)
    if not isinstance(warm, bool):
        mistake("", NAME, f"{NAME} is {warm!r}. It may be true or false.")
        return False
    return warm
