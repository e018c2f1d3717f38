"""How a `/compare` that is being typed can go on."""

from collections.abc import Iterable, Sequence

_FIRST = (
    ("again", "ask all of them again"),
    ("pick", "go on with an answer, by its number"),
    ("judge", "have a model judge the answers"),
    ("merge", "have a model make one answer of all"),
    ("drop", "go on without any of the answers"),
    ("presets", "the chat's model, with presets of your own"),
)
_LATER = (
    ("seeds", "how many answers of each"),
    ("on", "the servers that answer"),
    ("--", "the prompt, to be sent at once"),
)
_ALONE = ("again", "pick", "drop")
_ONE_MODEL = ("judge", "merge")
_NAMES_ONE = 2
"""A word, and the model behind it."""

Offers = list[tuple[str, str]]
"""Words, and what they mean where that needs to be said."""


def compare_words(
    before: Sequence[str], models: Iterable[str], servers: Iterable[str], presets: Iterable[str]
) -> Offers:
    """Return what can follow the words behind `/compare`; nothing where that is for the user alone to know."""
    said = [word.lower() for word in before]
    if not said:
        return [*_names(models, before), *_FIRST]
    if said[0] in _ALONE or said[-1] == "seeds":
        return []
    if said[0] in _ONE_MODEL:
        return _names(models, ()) if len(said) < _NAMES_ONE else []
    if "on" in said:
        return [*_names(servers, before), _LATER[-1]]
    names = presets if said[0] == "presets" else models
    return [*_names(names, before), *(offer for offer in _LATER if offer[0] not in said)]


def _names(names: Iterable[str], without: Sequence[str]) -> Offers:
    return [(name, "") for name in names if name not in without]
