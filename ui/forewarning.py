"""A warning before a prompt is sent that will not fit: the server would cut what was said first, without a word."""

from collections.abc import Sequence

from protocol.attachments import words_sent
from protocol.chat import Attachment
from protocol.command_table import is_command
from protocol.context_size import room_of, size_of
from protocol.errands import Sight
from protocol.identity import ConversationId, TurnId
from protocol.turn import TurnState
from ui.conversation import Conversation
from ui.model import Model
from ui.talk_size import has_exchanges, size_of_turns, talk_size
from ui.turn import Turn

_BOUNCE = 0.3
"""Seconds within which a second Enter is a finger that bounced."""
_MUCH_MORE = 1.25
"""Who was warned of a size is not warned again before it has grown by this."""
_UNSENT = frozenset({TurnState.QUEUED, TurnState.WAITING_FOR_SERVER})


class Forewarning:
    """Knows of what it has warned, for each conversation. UI thread only.

    `wanted` is whether anybody is to be warned. `again` says how the prompt is sent all the same.
    """

    def __init__(self, model: Model, wanted: bool = True, again: str = "Enter again sends it") -> None:
        self._model = model
        self._wanted = wanted
        self._again = again
        self._warned: dict[ConversationId | None, int] = {}
        self._last = "", 0.0
        """Of which text it was warned last, and when."""

    def words(
        self,
        text: str,
        now: float,
        edits: TurnId | None = None,
        attachments: Sequence[Attachment] = (),
        sights: Sequence[Sight] = (),
    ) -> str:
        """Return what to warn of before a text is sent from the conversation that is shown; empty if of nothing, and
        if that was said before. `edits` is the prompt whose place it is to take; `now` the face's clock, in seconds;
        of `attachments` the texts count, and of `sights`, files that are still to be read, what they weigh.
        """
        talk, survey = self._model.shown, self._model.survey
        room = room_of(talk.model, talk.parameters, survey) if talk.model else None
        if not self._wanted or survey is None or room is None or is_command(text):
            return ""
        sent, weight = words_sent(text, attachments), sum(sight.weight for sight in sights)
        needed = _needed(talk, sent, edits, weight)
        if needed <= room:
            self._warned.pop(talk.id, None)
            return ""
        if needed <= _MUCH_MORE * self._warned.get(talk.id, 0):
            return ""
        self._warned[talk.id], self._last = needed, (text, now)
        older = has_exchanges(talk) and size_of((), talk.model or "", talk.system).with_prompts([sent], weight) <= room
        first = "the oldest messages" if older else "the beginning"
        fate = "refuse it" if talk.parameters.truncate is False else f"cut {first}"
        ways = [self._again, *(["/compact sums up"] if older else [])]
        ways += ["/set num_ctx N makes room"] if survey.heeds_parameters else []
        return f"This will need about {needed:,} of {room:,} tokens: the server would {fate}. {'; '.join(ways)}."

    def bounces(self, text: str, now: float) -> bool:
        """Tell whether it was warned of this text a moment ago: too short to have read that, and to mean it."""
        return self._last[0] == text and now - self._last[1] < _BOUNCE


def _needed(talk: Conversation, text: str, edits: TurnId | None, weight: int) -> int:
    """About how many tokens there will be to read for a text that is sent now, behind what waits, and with it files of
    this weight."""
    turns = [entry for entry in talk.entries if isinstance(entry, Turn)] if edits is not None else []
    place = next((place for place, turn in enumerate(turns) if turn.id == edits), None)
    size = talk_size(talk) if place is None else size_of_turns(talk, turns[:place])
    before = [part for turn in talk.open_turns if turn.id != edits for part in _parts(turn)]
    return size.with_prompts([*before, text], weight)


def _parts(turn: Turn) -> list[str]:
    """What a turn that has not ended will leave, as far as it came."""
    prompt = words_sent(turn.prompt, turn.attachments)
    reply = str(turn.attempt.answer) if turn.attempt is not None and turn.state not in _UNSENT else ""
    return [prompt, reply] if reply else [prompt]
