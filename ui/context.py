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
_BYTES_A_TOKEN = 6
"""More than a token of any tongue takes at the mean: a text has more tokens than this says."""
_KILO = 1024


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
        if self.room is None or self.percent is None:
            return _shorten(self.used)
        return f"{_shorten(min(self.used, self.room))}/{_shorten(self.room)} {self.percent}%"


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
        return Fill(reply.held, _room(reply.attempt, survey))
    return None


def notice_cut(conversation: Conversation, survey: ServerSurvey | None) -> str:
    """Say that the last reply was made without a part of what was said before; empty when it was not, when nobody can
    tell, and when it was said before. Replies of earlier runs are no news."""
    last = list(islice(_counted(conversation), 2))
    if len(last) < 2:
        return ""
    reply, before = last
    room = _room(reply.attempt, survey)
    known = reply.attempt.stream in conversation.cut or reply.attempt.first_chunk is None
    if known or room is None or before.turn.id == conversation.asked_otherwise or not is_cut(before, reply, room):
        return ""
    conversation.cut.add(reply.attempt.stream)
    return (
        f"The conversation no longer fits the model's context of {room:,} tokens: {reply.read:,} were read for this "
        f"reply, {before.read:,} for the one before. What was said earlier may not be known to the model any more."
    )


def forgets(conversation: Conversation) -> bool:
    """Tell whether a reply in view of the talk's path was made without a part of what was said before."""
    if not conversation.cut:
        return False
    turns = (entry for entry in reversed(conversation.entries) if isinstance(entry, Turn))
    return any(turn.attempt is not None and turn.attempt.stream in conversation.cut for turn in turns)


def is_cut(before: Counted, reply: Counted, room: int) -> bool:
    """Tell whether less was read for a reply than for the one before it, because not all had room.

    That less was read is not enough: servers of old count only what their cache did not have. So all that there was to
    read, taken for as little as it can be, must be more than there is room for.
    """
    same_model = before.attempt.model == reply.attempt.model
    return same_model and reply.read < before.read and _least(before, reply.turn.prompt) > room


def _least(before: Counted, prompt: str) -> int:
    """So many tokens a prompt has at least, with all before it. Earlier thinking is not sent again."""
    attempt = before.attempt
    metrics = attempt.metrics
    said = metrics.eval_count if metrics is not None and not attempt.thinking else None
    reply = said if said is not None else _tokens("".join(attempt.answer))
    return before.read + reply + _tokens(prompt)


def _tokens(text: str) -> int:
    return len(text.encode(errors="replace")) // _BYTES_A_TOKEN


def _counted(conversation: Conversation) -> Iterator[Counted]:
    """The replies that tell how much was read, from the last on."""
    for entry in islice(reversed(conversation.entries), _LOOKED_AT):
        attempt = entry.attempt if isinstance(entry, Turn) else None
        metrics = attempt.metrics if attempt is not None else None
        if isinstance(entry, Turn) and attempt is not None and metrics is not None and metrics.prompt_eval_count:
            yield Counted(entry, attempt, metrics.prompt_eval_count, metrics.context_tokens)


def _room(attempt: Attempt, survey: ServerSurvey | None) -> int | None:
    running = survey.running_model(attempt.model) if survey is not None else None
    return running.context_length if running is not None else None


def _shorten(tokens: int) -> str:
    """Contexts are powers of two: 4096 is 4k."""
    number, unit = float(tokens), ""
    for larger in ("k", "M"):
        if number >= _KILO:
            number, unit = number / _KILO, larger
    return f"{number:.1f}".removesuffix(".0") + unit
