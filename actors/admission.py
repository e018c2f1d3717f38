"""Which prompts are taken, and which of those that wait may run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from actors.notices import describe_blindness
from actors.parts import Parts
from actors.server_watches import Watch
from actors.turns import Turn
from protocol.address import Address
from protocol.attachments import has_images
from protocol.chat import Attachment
from protocol.comparison import Compare
from protocol.coordinator import Submit
from protocol.errors import Category, InterfaceError
from protocol.identity import ServerName, TurnId
from protocol.models import ServerSurvey
from protocol.pool import Hold
from protocol.settings import EngineSettings
from protocol.tree import summarised
from protocol.turn import TurnState
from protocol.ui import InputRefused, TurnQueued, UiEvent, WaitReason

_REASONS = {
    Hold.STREAMS: WaitReason.STREAM_LIMIT,
    Hold.SERVER: WaitReason.SERVER_LIMIT,
    Hold.POOL: WaitReason.POOL_FULL,
    Hold.SURVEY: WaitReason.SURVEY,
}
"""What the user is told, where the prompt stays in the queue."""


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
            self._parts.outbox.reword(turn, command.prompt, command.attachments)
        else:
            keeps, with_it = self._parts.branching.make_room(command), command.attachments
            name = TurnId(self._new_id())
            turn = Turn(name, command.conversation, command.prompt, keeps=keeps, attachments=with_it)
            if keeps is not None:
                turn.sums_up = summarised(self._parts.conversations.tree(command.conversation).path(), keeps)
            self._parts.outbox.accept(turn)
        self._accepted = command
        if command.urgent:
            self._parts.outbox.hurry(turn)
        self.admit()

    def refuse(self, command: Submit | Compare, reason: str) -> None:
        """Give a prompt back."""
        with_it = command.attachments if isinstance(command, Submit) else ()
        self._ui.tell(InputRefused(command.conversation, command.prompt, reason, with_it))

    def admit(self) -> None:
        """Start every queued turn that may run, and tell of the others what they wait for."""
        if self._gate.closed_because:
            return
        self._hold_what_moves()
        for watch in self._parts.servers.all:
            self._settle_unsendable(watch)
        while self._admit_once():
            pass

    def _admit_once(self) -> bool:
        """True if a prompt ended that was to begin: then there is room for another."""
        queued = [(turn, self._obstacle(turn)) for turn in self._turns.in_state(TurnState.QUEUED)]
        starts, holds = self._parts.dispatch.decide([turn for turn, obstacle in queued if obstacle is None])
        refused = False
        for turn, obstacle in queued:
            model = self._parts.conversations[turn.conversation].model
            if turn.id in starts and model is not None:
                refused = not self._begin(turn, model, starts[turn.id]) or refused
            elif holds.get(turn.id) is Hold.AWAY:
                self._wait_for_the_pool(turn)
            else:
                self._tell_why(turn, obstacle or _REASONS[holds[turn.id]])
        return refused

    def _obstacle(self, turn: Turn) -> WaitReason | None:
        """Why a queued turn could not start now, were there all the room in the world; None when it could."""
        conversations, surveyed = self._parts.conversations, self._watch(turn).surveyed
        shows = not surveyed and (has_images(turn.attachments) or conversations.has_images(turn.conversation))
        obstacle = self._turns.obstacle(turn, conversations[turn.conversation], surveyed, shows)
        return obstacle or self._parts.loss.obstacle(turn)

    def _begin(self, turn: Turn, model: str, server: ServerName) -> bool:
        """Have a prompt sent; False if it ends, for the model is known by now not to see what goes with it."""
        blindness = _refusal_of_images(model, turn.attachments, self._parts.servers.at(server).survey)
        if not blindness:
            self._attempts.begin(turn, model, server)
            return True
        self._attempts.fail(turn, InterfaceError(blindness).failure)
        if turn.again:  # its old version is shown again, and tells nothing of that
            self._parts.conversations.post(turn.conversation, blindness)
        return False

    def _tell_why(self, turn: Turn, reason: WaitReason) -> None:
        if reason is not turn.waits_for:
            self._parts.loss.hold(turn, reason)
            turn.waits_for = reason
            self._ui.tell(TurnQueued(turn.conversation, turn.id, reason))

    def _wait_for_the_pool(self, turn: Turn) -> None:
        """None of those of the pool is there that could take it."""
        pool = self._parts.servers.pool
        assert pool is not None
        if self._settings.wait_for_server and pool.lost is None:
            self._attempts.park(turn, pool.absence())
        else:
            self._attempts.fail(turn, pool.absence())

    def _watch(self, turn: Turn) -> Watch:
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
        refusal = self._parts.outbox.obstacle(edited) if edited is not None else self._hindrance(command)
        return refusal or (self._blindness(command) if isinstance(command, Submit) else "")

    def _hindrance(self, command: Submit | Compare) -> str:
        """Why nothing new can be taken."""
        hindrance = self._too_many(command) or self._parts.comparing.refusal(command)
        return self._parts.branching.refusal(command) if isinstance(command, Submit) and not hindrance else hindrance

    def _too_many(self, command: Submit | Compare) -> str:
        there, most = len(self._turns), self._settings.limits.max_queued_prompts
        if there >= most:
            return f"{there} prompts wait already: wait for one to end, or /cancel all."
        compared = self._parts.comparing.compared(command)
        wanted = 0 if compared is None else there + len(compared.contestants)
        if wanted > most:
            return f"That would be {wanted} prompts that wait, and {most} may: compare fewer, or /cancel all."
        return ""

    def _blindness(self, command: Submit) -> str:
        if self._parts.comparing.compared(command) is not None:
            return ""  # that of one who is compared is said in its column
        chat = self._parts.conversations[command.conversation]
        return _refusal_of_images(chat.model, command.attachments, self._parts.servers.of(chat.server).survey)

    def _settle_unsendable(self, watch: Watch) -> None:
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
