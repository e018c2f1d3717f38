"""The status line: which model, what happens now and for how long, and what waits."""

from dataclasses import dataclass, replace

import urwid

from protocol.errors import Category
from protocol.identity import POOL
from protocol.turn import TurnState
from ui.caption import one_line
from ui.conversation import Conversation
from ui.key_words import DEFAULT_KEY_WORDS, KeyWords
from ui.markup import Run
from ui.missing_model import is_missing
from ui.model import Model
from ui.palette import Role
from ui.paragraph import markup_paragraph
from ui.parameter_words import brief
from ui.turn import Attempt, Turn

SILENCE = 3.0
"""Seconds without a chunk after which a stream is called silent."""

CUTTABLE = 8
"""Parts of this weight and more still say something when they are cut short."""

_GAP = "   "
_NARROW_GAP = "  "
_WIDE_COLUMNS = 60
_NAME_COLUMNS = 30
_TITLE_COLUMNS = 40
_LOADED_COLUMNS = 20
_JOB_COLUMNS = 40
_SERVER_COLUMNS = 16
_SET_COLUMNS = 40
_SCHEME = "http://"
_NEARLY_FULL = 90
_FASTEST = 100_000
"""Tokens a second: a server that says more did not measure the time."""
_SHORTEST_PART = 8


@dataclass(frozen=True)
class Segment:
    """A part of the status line."""

    text: str
    weight: int
    """What is lightest goes first where there is no room."""
    role: Role = Role.STATUS
    hints: bool = False
    """It says what a key does."""


def segments(model: Model, now: float, hint: str = "", words: KeyWords = DEFAULT_KEY_WORDS) -> list[Segment]:
    """Return what there is to say, from left to right. `hint` is an answer to the last key, if it has one."""
    conversation = model.shown
    current = conversation.current
    compared = model.comparisons.of.get(conversation.id) if conversation.id is not None else None
    found = [
        Segment(_name(model, current), 8, Role.STATUS_STRONG),
        Segment("model gone" if is_missing(conversation, model.survey) else "", 9, Role.STATUS_ALERT),
        Segment(_phase(model, current, now) if conversation.id else "starting", 10),
        Segment(_silence(current, now), 9, Role.STATUS_ALERT),
        Segment(_rate(conversation, current), 3),
        Segment(_first_token(conversation, current), 2),
        _context(model),
        Segment(one_line(brief(conversation.parameters), _SET_COLUMNS), 4),
        Segment("context cut" if conversation.forgets else "", 8, Role.STATUS_ALERT),
        Segment(_version(conversation), 7),
        Segment(f"{conversation.queued} queued" if conversation.queued else "", 6),
        *around(model, hint),
        Segment(words.copies if conversation.has_code and not current else "", 3, hints=True),
        Segment(words.to_answers if compared is not None else "", 4, hints=True),
        Segment(words.stops if current else words.keys, 5, hints=True),
    ]
    return [segment for segment in found if segment.text]


def around(model: Model, hint: str) -> list[Segment]:
    """Return what there is to say of other chats and of the server, and the answer to the last key."""
    return [
        Segment(one_line(model.jobs.words, _JOB_COLUMNS), 9),
        Segment(f"{model.background} in background" if model.background else "", 2),
        Segment(f"{model.unread} unread" if model.unread else "", 6, Role.STATUS_STRONG),
        Segment("" if _server(model) else one_line(model.server_label, _SERVER_COLUMNS), 7),
        Segment(_server(model), 7, Role.STATUS_ALERT),
        Segment("" if model.kept else "not kept on disk", 9, Role.STATUS_ALERT),
        Segment(one_line(model.survey.caption, _NAME_COLUMNS) if model.survey else "", 4),
        Segment(_address(model), 0),
        Segment(one_line(model.shown.title, _TITLE_COLUMNS), 1),
        Segment(one_line(hint, 200), 11, Role.STATUS_STRONG),
    ]


def with_mode(parts: list[Segment], mode: str) -> list[Segment]:
    """Return the parts with what the keys do in the composer's mode, if it has one, in the place of the hints."""
    if not mode:
        return parts
    return [*(part for part in parts if not part.hints), Segment(mode, 12, Role.STATUS_STRONG)]


def fit(parts: list[Segment], columns: int) -> list[Segment]:
    """Return what there is room for; of the others, one that is CUTTABLE is cut short if some room is left."""
    kept: dict[int, Segment] = {}
    gap = len(_gap(columns))
    room = columns - 2 + gap
    for place, part in sorted(enumerate(parts), key=lambda numbered: -numbered[1].weight):
        need = gap + urwid.calc_width(part.text, 0, len(part.text))
        if need <= room:
            kept[place] = part
            room -= need
        elif (part.weight >= CUTTABLE and room - gap >= _SHORTEST_PART) or not kept:
            kept[place] = replace(part, text=one_line(part.text, max(1, room - gap)))
            room = 0
    return [kept[place] for place in sorted(kept)]


class StatusLine(urwid.Widget):
    """One row. A flow widget; UI thread only."""

    _sizing = frozenset({urwid.FLOW})
    _selectable = False
    ignore_focus = True

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[Segment] = []

    def show(self, parts: list[Segment]) -> None:
        """Say something else."""
        if parts != self._parts:
            self._parts = parts
            self._invalidate()

    def rows(self, size: tuple[int], focus: bool = False) -> int:  # noqa: ARG002
        """It always is one row."""
        return 1

    def render(self, size: tuple[int], focus: bool = False) -> urwid.Canvas:  # type: ignore[override]  # noqa: ARG002
        """Draw what there is room for."""
        markup: list[Run] = [(Role.STATUS, " ")]
        for number, part in enumerate(fit(self._parts, size[0])):
            markup.append((Role.STATUS, _gap(size[0]) if number else ""))
            markup.append((part.role, part.text))
        markup.append((Role.STATUS, " " * size[0]))
        return markup_paragraph(tuple(markup), wrap="clip").render(size)


def _gap(columns: int) -> str:
    return _GAP if columns >= _WIDE_COLUMNS else _NARROW_GAP


def _name(model: Model, turn: Turn | None) -> str:
    """The model; it is named by the phase while it loads."""
    if turn is not None and model.loads(turn):
        return ""
    return one_line(model.model_name, _NAME_COLUMNS) or "no model"


def _phase(model: Model, turn: Turn | None, now: float) -> str:
    """What happens now, and for how long. `now` is the UI's clock."""
    if turn is None:
        return "ready"
    elapsed = f"{max(0.0, now - turn.since):.0f} s"
    match turn.state:
        case TurnState.QUEUED:
            return f"queued: {turn.wait.value}" if turn.wait else "queued"
        case TurnState.CONNECTING:
            return f"{_connecting(model, turn, now)} {elapsed}"
        case TurnState.THINKING:
            return f"thinking {elapsed}"
        case TurnState.ANSWERING:
            return f"answering {elapsed}"
        case TurnState.RETRYING:
            return f"retry {turn.tries} in {max(0.0, turn.since + turn.delay - now):.0f} s"
        case TurnState.WAITING_FOR_SERVER:
            return f"waiting for {one_line(model.server_label, _SERVER_COLUMNS) or 'server'} {elapsed}"
        case _:
            return turn.state.value


def _connecting(model: Model, turn: Turn, now: float) -> str:
    """What can be known of the silence before a reply: a server says nothing while it loads, queues or reads."""
    name = turn.attempt.model if turn.attempt else ""
    from ui.context import answers_lately

    if model.loads(turn):
        return f"loading {one_line(name, _LOADED_COLUMNS)}"
    listed = model.survey is not None and model.survey.running_model(name) is not None
    return "waiting" if listed and answers_lately(model.shown, name, now) else "loading or waiting"


def _silence(turn: Turn | None, now: float) -> str:
    attempt = turn.attempt if turn else None
    if turn is None or attempt is None or attempt.last_chunk is None:
        return ""
    silent = now - attempt.last_chunk
    streaming = turn.state in (TurnState.THINKING, TurnState.ANSWERING)
    return f"silent {silent:.0f} s" if streaming and silent >= SILENCE else ""


def _rate(conversation: Conversation, current: Turn | None) -> str:
    attempt = current.attempt if current else None
    rate = attempt.rate if attempt else conversation.rate
    return f"{rate:.0f} tokens/s" if rate is not None and rate < _FASTEST else ""


def _first_token(conversation: Conversation, current: Turn | None) -> str:
    attempt = current.attempt if current else _last_attempt(conversation)
    seconds = attempt.first_token if attempt else None
    return f"first token {seconds:.1f} s" if seconds is not None else ""


def _last_attempt(conversation: Conversation) -> Attempt | None:
    place = conversation.last_turn
    turn = conversation.entries[place] if place is not None else None
    return turn.attempt if isinstance(turn, Turn) else None


def _context(model: Model) -> Segment:
    """How full the context was after the last reply. It weighs more than the keys, which come after it."""
    if model.shown.last_turn is None:
        return Segment("", 5)
    from ui.context import fill  # wanted once something was said: not for the first paint

    found = fill(model.shown, model.survey)
    full = found is not None and (found.percent or 0) >= _NEARLY_FULL
    return Segment(f"ctx {found}" if found else "", 5, Role.STATUS_ALERT if full else Role.STATUS)


def _version(conversation: Conversation) -> str:
    """Which version the end of the talk is: the marks may be above what is in view."""
    place = conversation.last_turn
    turn = conversation.entries[place] if place is not None else None
    if not isinstance(turn, Turn):
        return ""
    places = {"prompt": turn.prompt_place, "reply": turn.reply_place}
    return " ".join(f"{name} {one.number}/{one.of}" for name, one in places.items() if one.of > 1)


def _address(model: Model) -> str:
    """Where the server is; the pool is nowhere."""
    if model.survey is None or model.servers.resolve(model.shown.server) == POOL:
        return ""
    return one_line(model.survey.server.removeprefix(_SCHEME), _NAME_COLUMNS)


def _server(model: Model) -> str:
    label = one_line(model.server_label, _SERVER_COLUMNS)
    if model.survey is None:
        return f"looking for {label or 'a server'}"
    failure = model.survey.failure
    if failure is None:
        return ""
    return f"{label or 'server'} {'unreachable' if failure.category is Category.NETWORK else 'not usable'}"
