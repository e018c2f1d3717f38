"""Which prompts are taken, and which of those that wait may run."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from actors.notices import describe_blindness
from actors.parts import Parts
from actors.server_watch import ServerWatch
from actors.turns import Turn
from protocol.address import Address
from protocol.attachments import has_images
from protocol.chat import Attachment, Conversation
from protocol.coordinator import Submit
from protocol.errors import Category, InterfaceError
from protocol.identity import TurnId
from protocol.loads import Load
from protocol.models import ServerSurvey
from protocol.settings import EngineSettings
from protocol.tree import summarised
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
            self._parts.outbox.reword(turn, command.prompt, command.attachments)
        else:
            keeps, with_it = self._parts.branching.make_room(command), command.attachments
            name = TurnId(self._new_id())
            turn = Turn(name, command.conversation, command.prompt, keeps=keeps, attachments=with_it)
            if keeps is not None:
                turn.sums_up = summarised(self._parts.conversations.tree(command.conversation).path(), keeps)
            self._parts.outbox.accept(turn)
        self.accepted = command
        if command.urgent:
            self._parts.outbox.hurry(turn)
        self.admit()

    def refuse(self, command: Submit, reason: str) -> None:
        """Give a prompt back."""
        self._ui.tell(InputRefused(command.conversation, command.prompt, reason, command.attachments))

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
            obstacle = self._obstacle(turn, conversation)
            if obstacle is None and turn not in picked:
                obstacle = WaitReason.STREAM_LIMIT if self._room(turn) else WaitReason.SERVER_LIMIT
            if obstacle is None and conversation.model is not None:
                self._begin(turn, conversation.model)
            elif obstacle is not None and obstacle is not turn.waits_for:
                self._parts.loss.hold(turn, obstacle)
                turn.waits_for = obstacle
                self._ui.tell(TurnQueued(turn.conversation, turn.id, obstacle))

    def _obstacle(self, turn: Turn, conversation: Conversation) -> WaitReason | None:
        """Why a queued turn cannot start now, however many others could; None when it can."""
        surveyed = self._parts.servers.of(conversation.server).surveyed
        shows = not surveyed and (
            has_images(turn.attachments) or self._parts.conversations.has_images(turn.conversation)
        )
        return self._turns.obstacle(turn, conversation, surveyed, shows) or self._parts.loss.obstacle(turn)

    def _begin(self, turn: Turn, model: str) -> None:
        """Have a prompt sent, unless the model is known by now not to see what goes with it."""
        blindness = _refusal_of_images(model, turn.attachments, self._watch(turn).survey)
        if blindness:
            self._attempts.fail(turn, InterfaceError(blindness).failure)
            if turn.again:  # its old version is shown again, and tells nothing of that
                self._parts.conversations.post(turn.conversation, blindness)
        else:
            self._attempts.begin(turn, model)

    def _pick(self) -> Collection[Turn]:
        """Those that begin now, of all that could: where not all can, those first whose model is loaded."""
        free = self._turns.free
        queued = self._turns.in_state(TurnState.QUEUED) if free else []
        chats = [(turn, self._parts.conversations[turn.conversation]) for turn in queued]
        loads = self._parts.loads
        startable = [(turn, loads.of(chat)) for turn, chat in chats if not self._obstacle(turn, chat)]
        for watch in self._parts.servers:
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

    def _refusal(self, command: Submit) -> str:
        if self._gate.closed_because:
            return self._gate.closed_because
        edited = self._turns.get(command.edits)
        if edited is not None:
            return edited.fixed or self._blindness(command)
        if len(self._turns) >= self._settings.limits.max_queued_prompts:
            return f"{len(self._turns)} prompts wait already: wait for one to end, or /cancel all."
        return self._parts.branching.refusal(command) or self._blindness(command)

    def _blindness(self, command: Submit) -> str:
        chat = self._parts.conversations[command.conversation]
        return _refusal_of_images(chat.model, command.attachments, self._parts.servers.of(chat.server).survey)

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


def _refusal_of_images(model: str | None, attachments: Iterable[Attachment], survey: ServerSurvey | None) -> str:
    """The same words whether it is known when a prompt comes, or only when it is to be sent."""
    blindness = describe_blindness(model, attachments, survey)
    return blindness and f"{blindness} Choose another with /model or -m, or send it without the image."
