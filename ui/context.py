"""How full the context of a model is, and whether what was said earlier has dropped out of it.

All of it comes from the counts at the end of a reply and from what the server says of a model that runs. A reply's
`prompt_eval_count` is all that was read for it, and with `eval_count` what the context held when it was done.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from protocol.attachments import words_sent
from protocol.context_events import HistoryTrimmed
from protocol.context_size import room_of
from protocol.models import ServerSurvey
from ui.conversation import Conversation
from ui.talk_size import counts, talk_size
from ui.turn import Attempt, Turn

_LOOKED_AT = 50
"""Entries from the end on in which replies with counts are looked for, so that the cost of a frame stays flat."""
_STAYS_LOADED = 240.0
"""Seconds: servers unload a model that is not used for five minutes, unless told otherwise."""
_NEARLY = 0.95
"""What a template puts around what is said takes room, too, and nobody counts it."""
_KILO = 1024
_THOUGHT = "</think>"


@dataclass(frozen=True)
class Fill:
    """Tokens that are in a context, and how many it holds."""

    used: int
    room: int | None = None
    """None where the server does not tell, or runs the model no more."""
    is_exact: bool = True
    """False where it is an estimate."""

    @property
    def percent(self) -> int | None:
        """At most 100: a context that is full lets go of its beginning."""
        return min(100, round(100 * self.used / self.room)) if self.room else None

    def __str__(self) -> str:
        about = "" if self.is_exact else "~"
        return about + (_shorten(self.used) if self.percent is None else f"{self.percent} %")


@dataclass(frozen=True)
class Counted:
    """A reply whose tokens were counted."""

    turn: Turn
    attempt: Attempt
    read: int
    """Tokens of its prompt, and of all before it that was read with it."""
    held: int
    """Tokens in the context when it was done."""


def fill(conversation: Conversation, survey: ServerSurvey | None) -> Fill | None:
    """How full the context was after the last reply that tells; None where none does.

    After a summary, how full it will be: what was read for that is read no more.
    """
    for reply in _counted(conversation):
        room = room_of(reply.attempt.model, conversation.parameters, survey)
        if reply.turn.keeps is not None:
            return Fill(talk_size(conversation).used, room, is_exact=False)
        return Fill(reply.held, room)
    return None


def answers_lately(conversation: Conversation, model: str, now: float) -> bool:
    """Tell whether the last reply that was counted is of this model, and no server has had the time to unload it."""
    last = next(_counted(conversation), None)
    if last is None or last.attempt.last_chunk is None or last.attempt.model != model:
        return False
    return now - last.attempt.last_chunk < _STAYS_LOADED


def notice_cut(conversation: Conversation, survey: ServerSurvey | None) -> str:
    """Say that the last reply was made without a part of what was said before; empty when it was not, when nobody can
    tell, and when it was said before. Replies of earlier runs are no news."""
    reply = next(_counted(conversation), None)
    if reply is None or reply.attempt.stream in conversation.cut or reply.attempt.first_chunk is None:
        return ""
    before = _read_before(reply, conversation)
    if before is not None and not _compare(before, reply, conversation):
        before = None
    room = room_of(reply.attempt.model, conversation.parameters, survey)
    if room is None or not is_cut(before, reply, room):
        return ""
    known = conversation.forgets
    conversation.cut.add(reply.attempt.stream)
    conversation.look_for_cuts()
    return "" if known else _words(reply, room, may_grow=survey is not None and survey.heeds_parameters)


def is_cut(before: Counted | None, reply: Counted, room: int) -> bool:
    """Tell whether less was read for a reply than there was to read, because not all had room.

    That less was read is not enough: servers of old count only what their cache did not have. So all that there was to
    read, taken for as little as it can be, must nearly fill the room, too. That it fills the room is not enough either:
    another client may have changed the room since. `before` is the reply before it; None where what was read for that
    tells nothing of this one.
    """
    least = _least(before, words_sent(reply.turn.prompt, reply.turn.attachments))
    return reply.read < least and _NEARLY * room < least


def _words(reply: Counted, room: int, may_grow: bool) -> str:
    grows = "/set num_ctx N makes room, " if may_grow else ""
    return (
        f"The server cut the context: the chat does not fit into the {room:,} tokens that this model was "
        f"given, and only {reply.read:,} were read for this reply. The model may not know what was said earlier. "
        f"/compact sums up the older part, {grows}/new begins a new chat."
    )


def trimmed_words(event: HistoryTrimmed) -> str:
    """Say that the oldest messages are not sent any more."""
    return (
        f"This chat is long: from here on a prompt goes with the last {event.limit:,} messages, and the oldest are "
        f"left out ({event.left_out:,} now). The model does not know them any more. /compact has them summed up."
    )


def _read_before(reply: Counted, conversation: Conversation) -> Counted | None:
    """The reply whose tokens are read again for this one: not all of them are, behind a summary, or where messages are
    left out. A summary reads what it is made of: that ends some exchanges earlier."""
    if conversation.trimmed:
        return None
    passed, skipped = False, reply.turn.keeps or 0
    for entry in islice(reversed(conversation.entries), _LOOKED_AT):
        if not passed:
            passed = entry is reply.turn
        elif isinstance(entry, Turn) and counts(entry):
            found = _count_of(entry)
            if entry.is_summary:
                return None
            if found is not None and not skipped:
                return found
            skipped = max(0, skipped - 1)
    return None


def _compare(before: Counted, reply: Counted, conversation: Conversation) -> bool:
    """Another model counts otherwise, and another system prompt may be shorter."""
    return before.attempt.model == reply.attempt.model and before.turn.id != conversation.asked_otherwise


def _least(before: Counted | None, prompt: str) -> int:
    """So many tokens a prompt has at least, with all before it. A word is one token or more."""
    return (_passed_on(before) if before is not None else 0) + len(prompt.split())


def _passed_on(before: Counted) -> int:
    """What was read for a reply, and what is read again of the reply itself: neither thinking nor tool calls.

    Servers of old leave thinking in the answer, between tags, and models drop it when they read it again.
    """
    attempt, metrics = before.attempt, before.attempt.metrics
    written = metrics.eval_count or 0 if metrics is not None else 0
    _, mark, rest = str(attempt.answer).rpartition(_THOUGHT)
    if mark or attempt.thinking or attempt.tool_calls:
        written = min(written, len(rest.split()))
    return before.read + written


def _counted(conversation: Conversation) -> Iterator[Counted]:
    """The replies that tell how much was read, from the last on."""
    for entry in islice(reversed(conversation.entries), _LOOKED_AT):
        found = _count_of(entry) if isinstance(entry, Turn) else None
        if found is not None:
            yield found


def _count_of(turn: Turn) -> Counted | None:
    metrics = turn.attempt.metrics if turn.attempt is not None else None
    if turn.attempt is None or metrics is None or not metrics.prompt_eval_count:
        return None
    return Counted(turn, turn.attempt, metrics.prompt_eval_count, metrics.context_tokens)


def _shorten(tokens: int) -> str:
    """Contexts are powers of two: 4096 is 4k."""
    number, unit = float(tokens), ""
    for larger in ("k", "M"):
        if number >= _KILO:
            number, unit = number / _KILO, larger
    return f"{number:.1f}".removesuffix(".0") + unit
