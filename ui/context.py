"""How full the context of a model is, and whether what was said earlier has dropped out of it.

All of it comes from the counts at the end of a reply and from what the server says of a model that runs. A reply's
`prompt_eval_count` is all that was read for it, and with `eval_count` what the context held when it was done.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from protocol.models import ServerSurvey
from ui.conversation import Conversation
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

    @property
    def percent(self) -> int | None:
        """At most 100: a context that is full lets go of its beginning."""
        return min(100, round(100 * self.used / self.room)) if self.room else None

    def __str__(self) -> str:
        return _shorten(self.used) if self.percent is None else f"{self.percent} %"


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
    """How full the context was after the last reply that tells; None where none does."""
    for reply in _counted(conversation):
        return Fill(reply.held, room_of(reply.attempt.model, survey))
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
    last = list(islice(_counted(conversation), 2))
    if not last:
        return ""
    reply, before = last[0], last[1] if len(last) > 1 else None
    if reply.attempt.stream in conversation.cut or reply.attempt.first_chunk is None:
        return ""
    if before is not None and not _compare(before, reply, conversation):
        before = None
    room = room_of(reply.attempt.model, survey)
    if room is None or not is_cut(before, reply, room):
        return ""
    known = conversation.forgets
    conversation.cut.add(reply.attempt.stream)
    conversation.look_for_cuts()
    return "" if known else _words(reply, room)


def is_cut(before: Counted | None, reply: Counted, room: int) -> bool:
    """Tell whether less was read for a reply than there was to read, because not all had room.

    That less was read is not enough: servers of old count only what their cache did not have. So all that there was to
    read, taken for as little as it can be, must nearly fill the room, too. That it fills the room is not enough either:
    another client may have changed the room since. `before` is the reply before it; None where what was read for that
    tells nothing of this one.
    """
    least = _least(before, reply.turn.prompt)
    return reply.read < least and _NEARLY * room < least


def room_of(model: str, survey: ServerSurvey | None) -> int | None:
    """So many tokens the context of a model holds; None where the server does not tell."""
    running = survey.running_model(model) if survey is not None else None
    return running.context_length if running is not None else None


def _words(reply: Counted, room: int) -> str:
    return (
        f"The server cut the context: the chat does not fit into the {room:,} tokens that this model was "
        f"given, and only {reply.read:,} were read for this reply. The model may not know what was said earlier. Go on "
        "in a new chat with /new, or start the server with a larger OLLAMA_CONTEXT_LENGTH."
    )


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
        attempt = entry.attempt if isinstance(entry, Turn) else None
        metrics = attempt.metrics if attempt is not None else None
        if isinstance(entry, Turn) and attempt is not None and metrics is not None and metrics.prompt_eval_count:
            yield Counted(entry, attempt, metrics.prompt_eval_count, metrics.context_tokens)


def _shorten(tokens: int) -> str:
    """Contexts are powers of two: 4096 is 4k."""
    number, unit = float(tokens), ""
    for larger in ("k", "M"):
        if number >= _KILO:
            number, unit = number / _KILO, larger
    return f"{number:.1f}".removesuffix(".0") + unit
