"""What `ask` says of a prompt that will not fit: the sentence alone, for nobody is asked before it is sent."""

from protocol.context_size import size_of
from protocol.models import ServerSurvey
from protocol.turn import TurnState
from protocol.ui import ServerChanged, TurnMoved, UiEvent


class AskForewarning:
    """Knows of one prompt whether it was warned of. The face's thread."""

    def __init__(self, prompt: str, system: str) -> None:
        self._needed = size_of((), "", system).with_prompts([prompt])
        self._model = ""
        self._survey: ServerSurvey | None = None
        self._said = False

    def hear(self, event: UiEvent) -> str:
        """Learn from an event, and return what is to be said now; mostly nothing."""
        match event:
            case ServerChanged(survey=survey):
                self._survey = survey
            case TurnMoved(state=TurnState.CONNECTING, model=model):
                self._model = model
            case _:
                return ""
        running = self._survey.running_model(self._model) if self._survey is not None else None
        room = running.context_length if running is not None else None
        if self._said or not room or self._needed <= room:
            return ""
        self._said = True
        return f"This will need about {self._needed:,} of {room:,} tokens: the server will cut the beginning."
