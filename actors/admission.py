"""Which prompts are taken, and which of those that wait may run."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from actors.parts import Parts
from actors.server_watch import ServerWatch
from actors.turns import Turn
from protocol.address import Address
from protocol.comparison import Compare
from protocol.coordinator import Submit
from protocol.errors import Category
from protocol.identity import TurnId
from protocol.loads import Load
from protocol.settings import EngineSettings
from protocol.turn import TurnState
from protocol.ui import InputRefused, TurnQueued, UiEvent, WaitReason


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
        self._accepted: Submit | None = None
        """The last one that was."""

    def has_accepted(self, command: Submit | Compare) -> bool:
        """Tell whether this is the last prompt that was taken."""
        return command is self._accepted or command is self._parts.comparing.begun

    def submit(self, command: Submit | Compare) -> None:
        """Take a prompt, or refuse it in words."""
        if self._gate.is_stopping and (isinstance(command, Compare) or command.edits is None):
            return  # it came too late for this run and is kept already: the next one sends it
        refusal = self._refusal(command)
        if refusal:
            self.refuse(command, refusal)
            return
        if self._parts.comparing.compared(command) is not None:
            self._parts.comparing.begin(command)
            self.admit()
        elif isinstance(command, Submit):
            self._take(command)

    def _take(self, command: Submit) -> None:
        turn = self._turns.get(command.edits)
        if turn is not None:
            self._parts.outbox.reword(turn, command.prompt)
        else:
            self._parts.branching.make_room(command)
            turn = Turn(TurnId(self._new_id()), command.conversation, command.prompt)
            self._parts.outbox.accept(turn)
        self._accepted = command
        if command.urgent:
            self._parts.outbox.hurry(turn)
        self.admit()

    def refuse(self, command: Submit | Compare, reason: str) -> None:
        """Give a prompt back."""
        self._ui.tell(InputRefused(command.conversation, command.prompt, reason))

    def admit(self) -> None:
        """Start every queued turn that may run, and tell of the others what they wait for."""
        if self._gate.closed_because:
            return
        servers, conversations = self._parts.servers, self._parts.conversations
        self._hold_what_moves()
        for watch in servers:
            self._settle_unsendable(watch)
        picked = self._pick()
        for turn in self._turns.in_state(TurnState.QUEUED):
            conversation = conversations[turn.conversation]
            obstacle = self._turns.obstacle(turn, conversation, surveyed=servers.of(conversation.server).surveyed)
            if obstacle is None and turn not in picked:
                obstacle = WaitReason.STREAM_LIMIT if self._room(turn) else WaitReason.SERVER_LIMIT
            if obstacle is None and conversation.model is not None:
                self._attempts.begin(turn, conversation.model)
            elif obstacle is not None and obstacle is not turn.waits_for:
                turn.waits_for = obstacle
                self._ui.tell(TurnQueued(turn.conversation, turn.id, obstacle))

    def _pick(self) -> Collection[Turn]:
        """Those that begin now, of all that could: where not all can, those first whose model is loaded."""
        free, servers = self._turns.free, self._parts.servers
        queued = self._turns.in_state(TurnState.QUEUED) if free else []
        chats = [(turn, self._parts.conversations[turn.conversation]) for turn in queued]
        loads = self._parts.loads
        startable = [
            (turn, loads.of(chat))
            for turn, chat in chats
            if not self._turns.obstacle(turn, chat, servers.of(chat.server).surveyed)
        ]
        for watch in servers:
            startable = self._within(watch, startable)
        return loads.pick(startable, self._turns, free)

    def _within(self, watch: ServerWatch, startable: Sequence[tuple[Turn, Load]]) -> list[tuple[Turn, Load]]:
        """Leave out what is one too many for a server that has a limit of its own."""
        free = self._free_at(watch)
        of_it = [(turn, load) for turn, load in startable if self._watch(turn) is watch]
        if free is None or len(of_it) <= free:
            return list(startable)
        taken = self._parts.loads.pick(of_it, self._turns, free) if free > 0 else ()
        return [(turn, load) for turn, load in startable if self._watch(turn) is not watch or turn in taken]

    def _free_at(self, watch: ServerWatch) -> int | None:
        """How many streams are free at a server; None where it has no limit."""
        limit = watch.settings.max_streams
        if limit is None:
            return None
        requests = [turn.request for turn in self._turns if turn.holds_slot and turn.request is not None]
        return limit - sum(self._parts.servers.of(request.server) is watch for request in requests)

    def _room(self, turn: Turn) -> bool:
        """Tell whether the server of a turn would take it."""
        free = self._free_at(self._watch(turn))
        return free is None or free > 0

    def _watch(self, turn: Turn) -> ServerWatch:
        return self._parts.servers.of(self._parts.conversations[turn.conversation].server)

    def _hold_what_moves(self) -> None:
        """Where nobody knows yet whether a server has the model, nothing is sent until that is known."""
        moving = self._parts.server_desk.moving
        for turn in self._turns.in_state(TurnState.QUEUED) if moving else ():
            turn.adopted = turn.adopted or turn.conversation in moving

    def cancel(self, turns: Iterable[Turn]) -> None:
        """Cancel what waits first, in order. What may begin then begins when all of them are told to end."""
        for turn in sorted(turns, key=lambda turn: turn.holds_slot):
            self._attempts.cancel(turn)
        self.admit()

    def close(self, reason: str) -> None:
        """Take nothing new from now on, and begin nothing."""
        self._gate.closed_because = reason
        self._attempts.leave_to_the_next_run()

    def _refusal(self, command: Submit | Compare) -> str:
        if self._gate.closed_because:
            return self._gate.closed_because
        edited = self._turns.get(command.edits) if isinstance(command, Submit) else None
        if edited is not None:
            return edited.fixed
        refusal = self._too_many(command) or self._parts.comparing.refusal(command)
        return self._parts.branching.refusal(command) if isinstance(command, Submit) and not refusal else refusal

    def _too_many(self, command: Submit | Compare) -> str:
        there, most = len(self._turns), self._settings.limits.max_queued_prompts
        if there >= most:
            return f"{there} prompts wait already: wait for one to end, or /cancel all."
        compared = self._parts.comparing.compared(command)
        wanted = 0 if compared is None else there + len(compared.contestants)
        if wanted > most:
            return f"That would be {wanted} prompts that wait, and {most} may: compare fewer, or /cancel all."
        return ""

    def _settle_unsendable(self, watch: ServerWatch) -> None:
        """While a server is away, what has no model waits for it or fails. What waited in an earlier run waits on."""
        failure = watch.survey.failure if watch.survey is not None else None
        if failure is None:
            return
        may_wait = self._settings.wait_for_server and watch.lost is None
        may_wait = may_wait and failure.category in (Category.NETWORK, Category.APPLICATION)
        for turn in self._turns.in_state(TurnState.QUEUED):
            if self._watch(turn) is not watch:
                continue
            without_model = self._parts.conversations[turn.conversation].model is None
            if may_wait and (without_model or turn.adopted):
                self._attempts.park(turn, failure)
            elif without_model:
                self._attempts.fail(turn, failure)
