"""What is sent along with the prompts of a conversation: changed and told as the user wishes."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import assert_never

from actors.conversations import Conversations
from actors.model_loads import ModelLoads
from actors.model_questions import ModelQuestions
from actors.parameter_notices import (
    describe_change,
    describe_option,
    describe_parameters,
    describe_preset,
    describe_presets,
    list_parameters,
    refuses_think,
    remark_think,
    thinks_in_vain,
)
from actors.server_watches import ServerWatches
from actors.unsaid import Unsaid
from protocol.identity import ConversationId
from protocol.models import InstalledModel
from protocol.parameter_changes import ParameterChange, SetThink, changed
from protocol.parameter_commands import (
    ChangeParameters,
    ListParameters,
    ParameterCommand,
    ShowParameters,
    ShowPresets,
    UsePreset,
)
from protocol.presets import PresetSettings


class ParameterDesk:
    """Owned by the Coordinator, and used in its thread only."""

    def __init__(
        self,
        conversations: Conversations,
        servers: ServerWatches,
        loads: ModelLoads,
        questions: ModelQuestions,
        unsaid: Unsaid,
        presets: Sequence[PresetSettings],
    ) -> None:
        self._conversations = conversations
        self._servers = servers
        self._loads = loads
        self._questions = questions
        self._unsaid = unsaid
        self._presets = {preset.name: preset for preset in presets}

    def act(self, command: ParameterCommand) -> None:
        """Do, or tell, what the user wants."""
        here = command.conversation
        parameters = self._conversations[here].parameters
        match command:
            case ChangeParameters(change=change):
                self._change(here, change)
            case ShowParameters():
                self._conversations.post(here, describe_parameters(parameters))
            case ListParameters(name=""):
                self._conversations.post(here, list_parameters(parameters))
            case ListParameters(name=name):
                self._conversations.post(here, describe_option(name, parameters))
            case UsePreset(name=name):
                self._use(here, name)
            case ShowPresets():
                self._conversations.post(here, describe_presets(self._presets.values()))
            case _:
                assert_never(command)

    def _change(self, here: ConversationId, change: ParameterChange) -> None:
        what, model = self._conversations[here], self._model(here)
        think = change.value if isinstance(change, SetThink) else None
        refusal = refuses_think(think, model)
        if refusal:
            self._conversations.post(here, refusal)
            return
        after = changed(what.parameters, change)
        remarks = remark_think(think, model), self._loads.coming(what, after)
        words = describe_change(change, what.parameters), *remarks
        if after != what.parameters:
            self._conversations.set_parameters(here, after)
        self._conversations.post(here, " ".join(word for word in words if word))
        self._check_unsaid(here)

    def _use(self, here: ConversationId, name: str) -> None:
        preset = self._presets.get(name)
        if preset is None:
            close = get_close_matches(name[:40], self._presets, n=1)
            nearest = f" Did you mean {close[0]}?" if close else ""
            self._conversations.post(here, f"There is no preset {name[:40]}.{nearest} /preset lists them.")
            return
        what = self._conversations[here]
        after = preset.parameters.over(what.parameters)
        coming = "" if preset.model else self._loads.coming(what, after)
        self._conversations.set_parameters(here, after)
        if preset.system:
            self._conversations.use_system(here, preset.system)
        unthinking = "" if preset.model else thinks_in_vain(after, self._model(here))
        words = describe_preset(preset), coming, unthinking
        self._conversations.post(here, " ".join(word for word in words if word))
        self._check_unsaid(here)
        if preset.model and preset.model != what.model:
            self._questions.choose(here, preset.model, self._servers.of(what.server).survey)

    def _check_unsaid(self, here: ConversationId) -> None:
        what = self._conversations[here]
        watch = self._servers.of(what.server)
        self._unsaid.check(here, what.parameters, watch.settings.dialect, watch.heeds_parameters)

    def _model(self, here: ConversationId) -> InstalledModel | None:
        what = self._conversations[here]
        survey, name = self._servers.of(what.server).survey, what.model
        return survey.installed(name) if survey is not None and name is not None else None
