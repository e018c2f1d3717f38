"""How the models are loaded, as far as the prompts of this run and the last look at the server tell."""

from collections.abc import Sequence

from actors.parameter_notices import describe_coming_reload, describe_reload
from actors.server_watches import ServerWatches
from protocol.chat import ChatRequest, Conversation
from protocol.identity import POOL, ServerName
from protocol.loads import Load, differing, load_of
from protocol.models import full_name
from protocol.parameters import NOTHING_SET, Parameters

_CONTEXT = "num_ctx"


class ModelLoads:
    """Owned by the Coordinator, and used in its thread only."""

    def __init__(self, servers: ServerWatches) -> None:
        self._servers = servers
        self._sent: dict[tuple[ServerName, str], Load] = {}
        """How each model of a server was needed by the last prompt that it was sent."""

    def send(self, request: ChatRequest) -> str:
        """A prompt is sent: say that the server loads its model anew for it; empty where it does not, or none knows."""
        load = self.of_request(request)
        changed = self._changed(request.model, load)
        self._sent[load.server, load.model] = load
        return describe_reload(request.model, changed) if changed else ""

    def coming(self, conversation: Conversation, parameters: Parameters) -> str:
        """Say that with these the model of a conversation, which is loaded now, will be loaded anew. Of the pool nobody
        can say so before: who answers may have it loaded either way."""
        model, server = conversation.model, conversation.server
        if model is None or self._servers.names.resolve(server) == POOL:
            return ""
        load, before = self._load(model, parameters, server), self._load(model, conversation.parameters, server)
        is_news = differing(before, load) and self._changed(model, load, before)
        return describe_coming_reload(model) if is_news else ""

    def of(self, conversation: Conversation) -> Load:
        """How the model of a conversation is needed by its next prompt."""
        return self._load(conversation.model or "", conversation.parameters, conversation.server)

    def of_request(self, request: ChatRequest) -> Load:
        """How the model of what was sent is loaded for it."""
        return self._load(request.model, request.parameters, request.server)

    def is_loaded(self, load: Load) -> bool:
        """Tell whether the server is known to have the model loaded just so."""
        survey = self._servers.at(load.server).survey
        running = survey.running_model(load.model) if survey is not None else None
        return running is not None and self._sent.get((load.server, load.model), load) == load

    def _changed(self, model: str, load: Load, before: Load | None = None) -> Sequence[str]:
        """For what the server loads a model anew that is loaded now. Of one that this run has not used only its context
        is told; what is set is compared with what was set `before`."""
        survey = self._servers.at(load.server).survey
        running = survey.running_model(model) if survey is not None else None
        if running is None:
            return ()
        last = self._sent.get((load.server, load.model))
        if last is not None:
            return differing(last, load)
        others = [name for name in differing(before, load) if name != _CONTEXT] if before is not None else []
        wanted = next((option.value for option in load.options if option.name == _CONTEXT), None)
        is_known = wanted is not None and running.context_length is not None
        return [_CONTEXT, *others] if is_known and wanted != running.context_length else others

    def _load(self, model: str, parameters: Parameters, server: ServerName) -> Load:
        heeded = parameters if self._servers.of(server).loads_as_told else NOTHING_SET
        return load_of(full_name(model), heeded, self._servers.names.resolve(server))
