"""A conversation as the screen knows it: plain data, grown by events, with a log of what changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from protocol.attachment_events import CommandEnded, FilesMentioned
from protocol.chat import Attachment
from protocol.identity import DEFAULT_SERVER, ConversationId, ServerName, StreamId, TurnId
from protocol.parameters import NOTHING_SET, Parameters
from protocol.reply import Finished
from protocol.turn import TurnState
from protocol.ui import (
    Exchange,
    PathShown,
    PromptReworded,
    ReplyGrew,
    TurnAccepted,
    TurnEnded,
    TurnMoved,
    TurnQueued,
    VersionsCounted,
)
from ui.turn import Turn, turn_of

if TYPE_CHECKING:
    from protocol.context_size import Size


class NoticeKind(StrEnum):
    """How serious a notice is."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


@dataclass
class Notice:
    """Something to read that is no part of the talk."""

    text: str
    kind: NoticeKind = NoticeKind.NOTICE


Entry = Turn | Notice

_UNASKED = frozenset({TurnState.QUEUED, TurnState.WAITING_FOR_SERVER})


@dataclass
class Conversation:
    """The entries of one conversation, in the order they began. Within a generation they are only appended to, and
    prompts that wait change places with each other."""

    id: ConversationId | None = None
    """None for the one that stands in until the engine has begun the first."""
    model: str | None = None
    entries: list[Entry] = field(default_factory=list)
    open: dict[TurnId, int] = field(default_factory=dict)
    """The turns that have not ended, in order, with their places in `entries`."""
    rate: float | None = None
    """Tokens a second of the last reply."""
    changed: set[int] = field(default_factory=set)
    """Places of the entries that came or changed since `changes` was called."""
    generation: int = 0
    """Grows when others take the place of entries that were there."""
    title: str = ""
    unread: bool = False
    """A turn ended by itself while another conversation was shown."""
    cut: set[StreamId] = field(default_factory=set)
    """The replies that were made without a part of what was said before."""
    forgets: bool = False
    """Tells whether one of those is on the path that is shown, since it was summed up last."""
    has_code: bool = False
    """There is code to copy in a reply."""
    mentioned: FilesMentioned | None = None
    """What was found last of the files that are named in what is being written."""
    running: str = ""
    """The command that runs; empty where none does."""
    awaited: int = 0
    """Prompts for which files are read."""
    outputs: list[Attachment] = field(default_factory=list)
    """What waits to be sent with the next prompt: what commands printed."""
    asked_to_run: str = ""
    """The command whose output came last, as it was typed."""
    asked_otherwise: TurnId | None = None
    """The last turn that was asked before the system prompt changed: what was read for it compares with no other."""
    system: str = ""
    """The system prompt of the next prompt."""
    parameters: Parameters = NOTHING_SET
    """What is sent along from the next prompt on."""
    server: ServerName = DEFAULT_SERVER
    """Who answers from the next prompt on."""
    missed: str = ""
    """The model of which it was said last that it is gone."""
    trimmed: bool = False
    """There are too many messages to send them all: less may be read for a reply than for the one before."""
    sized: "tuple[object, Size] | None" = field(default=None, compare=False)
    """How much was said, and for which state of the talk that was found out."""
    column_of: ConversationId | None = None
    """It is a column of a comparison in this conversation: it is not among those that one can go to."""
    asleep: bool = False
    """What was said in it is on disk only, and told again before it is needed."""
    failed: bool = False
    """Of one that is asleep: its last turn has failed."""

    def changes(self) -> list[int]:
        """Take the places of what changed since the last call, in order."""
        places = sorted(self.changed)
        self.changed.clear()
        return places

    @property
    def current(self) -> Turn | None:
        """The turn under way, else the first that waits; None when nothing is to come."""
        turns = self.open_turns
        under_way = (turn for turn in turns if turn.state is not TurnState.QUEUED)
        return next(under_way, turns[0] if turns else None)

    @property
    def open_turns(self) -> list[Turn]:
        """The turns that have not ended, in order."""
        found = [self.entries[place] for place in self.open.values()]
        return [entry for entry in found if isinstance(entry, Turn)]

    @property
    def last_turn(self) -> int | None:
        """The place of the last turn among the entries; None before the first."""
        places = range(len(self.entries) - 1, -1, -1)
        return next((place for place in places if isinstance(self.entries[place], Turn)), None)

    @property
    def queued(self) -> int:
        """How many prompts wait behind the current turn."""
        current = self.current
        return sum(1 for turn in self.open_turns if turn.state is TurnState.QUEUED and turn is not current)

    def post(self, notice: Notice) -> None:
        """Append a notice; one that was said just now is not said again."""
        if not self.entries or self.entries[-1] != notice:
            self._append(notice)

    @property
    def silent(self) -> bool:
        """True where nothing was ever asked."""
        return self.last_turn is None and not self.asleep

    @property
    def has_failed(self) -> bool:
        """True where the last turn has failed."""
        last = self.entries[self.last_turn] if self.last_turn is not None else None
        return last.state is TurnState.FAILED if isinstance(last, Turn) else self.failed

    def fall_asleep(self) -> None:
        """Keep what the lists tell of it, and the notices that came last; nothing of what was said."""
        if self.open:
            return
        last, self.failed, self.asleep = self.last_turn, self.has_failed, True
        if last is not None:
            del self.entries[: last + 1]
        self.changed = set(range(len(self.entries)))
        self.generation += 1

    def accept(self, event: TurnAccepted, now: float) -> None:
        """Append a turn, or open the one again that is there already."""
        found = self._find(event.turn) if event.again else None
        if found is not None:
            self.open[event.turn] = found[0]
            self.changed.add(found[0])
            found[1].ask_again(now)
            return
        if (last := self.last_turn) is not None:
            self.changed.add(last)
        self.open[event.turn] = len(self.entries)
        turn = Turn(event.turn, event.prompt, now, attachments=event.attachments)
        turn.keeps, turn.sums_up = event.keeps, event.sums_up
        self._append(turn)

    def end_command(self, event: CommandEnded) -> None:
        """Show what a command printed, and have it asked whether that is sent."""
        self.running = ""
        self._append(Notice(f"$ {event.command}\n{event.output}\n({event.end})"))  # the same may come twice
        if event.attachment is not None:
            self.outputs.append(event.attachment)
            self.asked_to_run = f"!{event.command}"

    def change_system(self, text: str) -> None:
        """The turns that have not been asked yet will be asked with another system prompt."""
        self.system = text
        turns = (entry for entry in reversed(self.entries) if isinstance(entry, Turn))
        self.asked_otherwise = next((turn.id for turn in turns if turn.state not in _UNASKED), None)

    def show_path(self, event: PathShown, now: float) -> None:
        """Put these exchanges in the place of all that ended; turns that have not ended stay, those that the path does
        not know behind it, unless the engine began anew. Notices go, but for those that came before anything was
        said, or say why the engine began anew."""
        live = {} if event.afresh else {turn.id: turn for turn in self.open_turns}
        last = self.last_turn
        notices = [] if last is not None else self.entries
        if event.afresh and last is not None:
            notices = self.entries[last + 1 :]
        path = self._turns_of(event.exchanges, live, now)
        known = {turn.id for turn in path}
        before, self.entries = (
            self.entries,
            [*path, *notices, *(turn for turn in live.values() if turn.id not in known)],
        )
        self.open = {
            entry.id: place for place, entry in enumerate(self.entries) if isinstance(entry, Turn) and entry.id in live
        }
        same = common(before, self.entries)
        self.changed = {place for place in self.changed if place < same} | set(self.open.values())
        self.changed.update(range(max(0, same - 1), len(self.entries)))
        self.generation += 1
        self.asleep = self.failed = False
        self.rate = None
        self.has_code = any(_has_code(entry) for entry in self.entries)
        self.look_for_cuts()

    def look_for_cuts(self) -> None:
        """Find out anew whether it forgets. It takes longer the more was said: not for every frame."""
        turns = [entry for entry in self.entries if isinstance(entry, Turn)] if self.cut else []
        summary = next((place for place in range(len(turns) - 1, -1, -1) if turns[place].is_summary), 0)
        self.forgets = any(turn.attempt is not None and turn.attempt.stream in self.cut for turn in turns[summary:])

    def count_versions(self, event: VersionsCounted) -> None:
        """The marks of a turn are these."""
        found = self._find(event.turn)
        if found is not None:
            self.changed.add(found[0])
            found[1].prompt_place, found[1].reply_place = event.prompt, event.reply

    def reword(self, event: PromptReworded) -> None:
        """A prompt that waits has other words."""
        turn = self._touch(event.turn)
        if turn is not None:
            turn.prompt, turn.attachments = event.prompt, event.attachments

    def reorder(self, turns: Sequence[TurnId]) -> None:
        """Bring the prompts that wait into this order. What has a reply already stays where it is."""
        rank = {turn: number for number, turn in enumerate(turns)}
        waiting = [turn for turn in self.open_turns if turn.id in rank and turn.attempt is None]
        places = sorted(self.open.pop(turn.id) for turn in waiting)
        for place, turn in zip(places, sorted(waiting, key=lambda turn: rank[turn.id]), strict=True):
            self.open[turn.id] = place
            if self.entries[place] is not turn:
                self.entries[place] = turn
                self.changed.add(place)

    def queue(self, event: TurnQueued, now: float) -> None:
        """A turn waits."""
        turn = self._touch(event.turn)
        if turn is not None:
            turn.queue(event, now)

    def move(self, event: TurnMoved, now: float) -> None:
        """A turn came into another state."""
        turn = self._touch(event.stream.turn)
        if turn is not None:
            turn.move(event, now, self.model or "")

    def grow(self, event: ReplyGrew, now: float) -> None:
        """The next pieces of a reply came."""
        turn = self._touch(event.stream.turn)
        if turn is None:
            return
        turn.grow(event, now, self.model or "")
        self.has_code = self.has_code or _has_code(turn)
        if turn.attempt is not None and turn.attempt.stream == event.stream:
            self.rate = turn.attempt.rate

    def end(self, event: TurnEnded, now: float) -> None:
        """A turn is over, and this is its reply."""
        turn = self._touch(event.stream.turn)
        if turn is None:
            return
        if not event.stream.attempt and turn.attempt is None:  # it follows what was sent, and not what still waits
            self.reorder([turn.id, *(other for other in self.open if other != turn.id)])
        del self.open[turn.id]
        turn.end(event, now, self.model or "")
        self.has_code = self.has_code or _has_code(turn)
        if turn.is_summary:
            self.look_for_cuts()
        if isinstance(event.ending, Finished):
            self.rate = event.ending.metrics.tokens_per_second or self.rate

    def _append(self, entry: Entry) -> None:
        self.changed.add(len(self.entries))
        self.entries.append(entry)

    def _turns_of(self, exchanges: Sequence[Exchange], live: dict[TurnId, Turn], now: float) -> list[Turn]:
        """Return the turns of a path; what is there already, and has not changed, stays the same object."""
        known = {entry.id: entry for entry in self.entries if isinstance(entry, Turn)}
        return [
            _reconciled(live[exchange.turn], turn_of(exchange, now))
            if exchange.turn in live
            else turn_of(exchange, now, known.get(exchange.turn))
            for exchange in exchanges
        ]

    def _find(self, turn: TurnId) -> tuple[int, Turn] | None:
        """Find a turn that has not ended, or the last that has."""
        place = self.open.get(turn)
        ended = range(len(self.entries) - 1, -1, -1) if place is None else (place,)
        for one in ended:
            entry = self.entries[one]
            if isinstance(entry, Turn) and (entry.id == turn or entry.id not in self.open):
                return (one, entry) if entry.id == turn else None
        return None

    def _touch(self, turn: TurnId) -> Turn | None:
        place = self.open.get(turn)
        if place is None:
            return None
        self.changed.add(place)
        entry = self.entries[place]
        assert isinstance(entry, Turn)
        return entry


def common(before: Sequence[Entry | None], after: Sequence[Entry]) -> int:
    """Count the entries from the first on that are the same objects."""
    differing = (place for place, (one, other) in enumerate(zip(before, after, strict=False)) if one is not other)
    return next(differing, min(len(before), len(after)))


def _has_code(entry: Entry) -> bool:
    return isinstance(entry, Turn) and entry.attempt is not None and entry.attempt.has_code


def _reconciled(live: Turn, told: Turn) -> Turn:
    """Give the turn that has not ended the marks that were told."""
    live.prompt_place, live.reply_place = told.prompt_place, told.reply_place
    live.keeps, live.sums_up = told.keeps, told.sums_up
    live.attempt = live.attempt or told.attempt
    return live
