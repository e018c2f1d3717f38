"""Which prompts are taken, and which of those that wait may run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from actors.parts import Parts
from actors.turns import Turn
from protocol.address import Address
from protocol.coordinator import Submit
from protocol.errors import Category
from protocol.identity import TurnId
from protocol.models import ServerSurvey
from protocol.settings import EngineSettings
from protocol.tree import summarised
from protocol.turn import TurnState
from protocol.ui import InputRefused, TurnQueued, UiEvent


@dataclass
class Gate:
    """Whether anything new is taken. Only the Coordinator's thread touches it; it stays when the parts begin anew."""

    closed_because: str = ""
    """Empty while it is open."""
    is_stopping: bool = False


class Admission:
    """Owned by the Coordinator, and used in its thread only. `new_id` makes names that are never used twice."""

    def __init__(
        self, parts: Parts, ui: Address[UiEvent], settings: EngineSettings, new_id: Callable[[], str], gate: Gate
    ) -> None:
        self._parts = parts
        self._turns = parts.turns
        self._attempts = parts.attempts
        self._ui = ui
        self._settings = settings
        self._new_id = new_id
        self._gate = gate
        self.accepted: Submit | None = None
        """The last one that was."""

    def submit(self, command: Submit) -> None:
        """Take a prompt, or refuse it in words."""
        if self._gate.is_stopping and command.edits is None:
            return  # it came too late for this run and is kept already: the next one sends it
        refusal = self._refusal(command)
        if refusal:
            self.refuse(command, refusal)
            return
        turn = self._turns.get(command.edits)
        if turn is not None:
            self._parts.outbox.reword(turn, command.prompt)
        else:
            keeps = self._parts.branching.make_room(command)
            turn = Turn(TurnId(self._new_id()), command.conversation, command.prompt, keeps=keeps)
            turn.sums_up = summarised(self._parts.conversations.tree(command.conversation).path(), keeps)
            self._parts.outbox.accept(turn)
        self.accepted = command
        if command.urgent:
            self._parts.outbox.hurry(turn)
        self.admit()

    def refuse(self, command: Submit, reason: str) -> None:
        """Give a prompt back."""
        self._ui.tell(InputRefused(command.conversation, command.prompt, reason))

    def admit(self) -> None:
        """Start every queued turn that may run, and tell of the others what they wait for."""
        if self._gate.closed_because:
            return
        server, conversations = self._parts.server, self._parts.conversations
        if server.survey is not None:
            self._settle_unsendable(server.survey)
        for turn in self._turns.in_state(TurnState.QUEUED):
            conversation = conversations[turn.conversation]
            obstacle = self._turns.obstacle(turn, conversation, surveyed=server.surveyed)
            obstacle = obstacle or self._parts.loss.obstacle(turn, server.survey)
            if obstacle is None and conversation.model is not None:
                self._attempts.begin(turn, conversation.model)
            elif obstacle is not None and obstacle is not turn.waits_for:
                turn.waits_for = obstacle
                self._ui.tell(TurnQueued(turn.conversation, turn.id, obstacle))

    def cancel(self, turns: Iterable[Turn]) -> None:
        """Cancel what waits first, in order. What may begin then begins when all of them are told to end."""
        for turn in sorted(turns, key=lambda turn: turn.holds_slot):
            self._attempts.cancel(turn)
        self.admit()

    def close(self, reason: str) -> None:
        """Take nothing new from now on, and begin nothing."""
        self._gate.closed_because = reason
        self._attempts.leave_to_the_next_run()

    def _refusal(self, command: Submit) -> str:
        if self._gate.closed_because:
            return self._gate.closed_because
        edited = self._turns.get(command.edits)
        if edited is not None:
            return edited.fixed
        if len(self._turns) >= self._settings.limits.max_queued_prompts:
            return f"{len(self._turns)} prompts wait already: wait for one to end, or /cancel all."
        return self._parts.branching.refusal(command)

    def _settle_unsendable(self, survey: ServerSurvey) -> None:
        """While the server is away, what has no model waits for it or fails. What waited in an earlier run waits on."""
        failure = survey.failure
        if failure is None:
            return
        may_wait = self._settings.wait_for_server and self._parts.server.lost is None
        may_wait = may_wait and failure.category in (Category.NETWORK, Category.APPLICATION)
        for turn in self._turns.in_state(TurnState.QUEUED):
            without_model = self._parts.conversations[turn.conversation].model is None
            if may_wait and (without_model or turn.adopted):
                self._attempts.park(turn, failure)
            elif without_model:
                self._attempts.fail(turn, failure)
