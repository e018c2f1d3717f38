"""What a look at a server tells of a conversation: its model has yet to be loaded, has lost something, or is gone.

What counts tokens is imported once something was said: the first paint has none.
"""

from collections.abc import Mapping

from protocol.context_events import HistoryTrimmed
from protocol.identity import ServerName
from protocol.models import ServerSurvey
from protocol.turn import TurnState
from ui.conversation import Conversation, Notice, NoticeKind
from ui.missing_model import is_missing, missing_notice


def note_cold(
    conversation: Conversation, survey: ServerSurvey | None, surveys: Mapping[ServerName, ServerSurvey]
) -> None:
    """Note of attempts whether their model has yet to be loaded. Once cold, one stays so: the server lists a model
    already while it loads it. `surveys`: of each server, for attempts of which it is known who was asked."""
    for turn in conversation.open_turns:
        attempt = turn.attempt
        if turn.state is TurnState.CONNECTING and attempt is not None:
            known = surveys.get(attempt.server) if attempt.server else survey
            attempt.cold = attempt.cold or (known is not None and known.lacks(attempt.model))


def note_missing(conversation: Conversation, survey: ServerSurvey | None, way: str) -> None:
    """Say once that a model is gone; when it was back, and is gone again, once more. `way` is how one chooses here."""
    if conversation.column_of is not None:
        return  # its turn ends with that
    missing = is_missing(conversation, survey)
    if missing and conversation.missed != conversation.model and survey is not None:
        conversation.post(Notice(missing_notice(conversation, survey, way), NoticeKind.WARNING))
    if survey is not None and survey.failure is None:
        conversation.missed = conversation.model or "" if missing else ""


def note_cut(conversation: Conversation, survey: ServerSurvey | None) -> None:
    """Say that the last reply was made without a part of what was said before, if it is known to be."""
    if conversation.last_turn is None:
        return
    from ui.context import notice_cut

    words = notice_cut(conversation, survey)
    if words:
        conversation.post(Notice(words, NoticeKind.WARNING))


def note_trimmed(conversation: Conversation, event: HistoryTrimmed) -> None:
    """Say that the oldest messages are not sent any more: less may be read for a reply than for the one before."""
    from ui.context import trimmed_words

    conversation.trimmed = True
    conversation.post(Notice(trimmed_words(event)))
