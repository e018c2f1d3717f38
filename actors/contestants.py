"""Who is named in a comparison, as conversations of their own: with what each is asked, or why it cannot be."""

from collections.abc import Sequence
from difflib import get_close_matches

from msgspec.structs import replace

from actors.server_notices import describe_unknown
from protocol.chat import Conversation
from protocol.comparison import Contestant
from protocol.identity import ServerName
from protocol.parameters import Parameters
from protocol.presets import PresetSettings
from protocol.server_names import ServerNames

_SEED = "seed"
_SHOWN = 40


class Unfound(Exception):
    """What a contestant names is not there; the text is for the user."""


class Contestants:
    """What is configured: `names` of the servers, and `presets`."""

    def __init__(self, names: ServerNames, presets: Sequence[PresetSettings]) -> None:
        self._names = names
        self._presets = {preset.name: preset for preset in presets}

    def resolve(self, contestant: Contestant, parent: Conversation) -> tuple[Contestant, Conversation]:
        """Return it with its model, and the server by its name, and the settings of its column. Raises Unfound.

        What a preset names holds before what is set in the parent; the contestant's own model and seed before both.
        """
        preset = self._preset(contestant.preset)
        server = self._server(contestant.server) if contestant.server else parent.server
        model = contestant.model or preset.model or parent.model
        if not model:
            raise Unfound("No model is chosen in this chat: choose one with /model NAME, or name them.")
        parameters = _seeded(preset.parameters.over(parent.parameters), contestant.seed)
        what = Conversation(parent.id, model, preset.system or parent.system, parameters, server)
        return replace(contestant, model=model, server=server if contestant.server else ServerName("")), what

    def _server(self, text: str) -> ServerName:
        found = self._names.find(text)
        if found is None:
            raise Unfound(describe_unknown(text, self._names))
        return found

    def _preset(self, name: str) -> PresetSettings:
        if not name:
            return PresetSettings("")
        if name not in self._presets:
            close = get_close_matches(name[:_SHOWN], self._presets, n=1)
            nearest = f" Did you mean {close[0]}?" if close else ""
            raise Unfound(f"There is no preset {name[:_SHOWN]}.{nearest} /preset lists them.")
        return self._presets[name]


def _seeded(parameters: Parameters, seed: int | None) -> Parameters:
    return parameters if seed is None else parameters.with_option(_SEED, seed)
